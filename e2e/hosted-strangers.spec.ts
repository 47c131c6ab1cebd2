import { expect, intercept, test, unheard } from "./journey.ts";
import { callAs, makeGroup, openHosted } from "./people.ts";

const crowd = Array.from({ length: 440 }, (_, at) => `a-${String(at).padStart(3, "0")}`);

test("a stranger who types is said by name, and more members are asked for by keyboard after a failure", async ({
  browser,
}) => {
  const name = unheard("Strangers");
  const { id } = await makeGroup(name, "ada", "ivo", ...crowd);
  const { page, messages } = await openHosted(browser, "ada", id);
  await expect(messages.getByText("Nothing said yet")).toBeVisible();
  await page.evaluate(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    new MutationObserver(() => {
      for (const { textContent } of document.querySelectorAll("[role=status]"))
        if (textContent?.includes("typing")) said.push(textContent);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await intercept(page, /\/people\?/u, async (route) => {
    await expect(page.getByText("ivo is typing…").first()).toBeVisible();
    await route.continue();
  });
  await callAs("ivo", "POST", `/Chat/${id}/typing`, {});
  const said = () => page.evaluate(() => [...new Set((window as unknown as { said: string[] }).said)]);
  await expect.poll(said).toEqual(["Ivo Santos is typing…"]);

  await page.getByRole("button", { name: "Members" }).click();
  const panel = page.getByRole("dialog", { name: `Members of ${name}` });
  await expect(panel.getByText("The first 200 of 442.")).toBeVisible();
  await intercept(page, /members\?.*after=/u, (route) => route.fulfill({ status: 503, json: {} }), { times: 3 });
  await panel.getByRole("button", { name: "Show more" }).press("Enter");
  await panel.getByRole("alert").getByRole("button", { name: "Try again" }).press("Enter");
  await expect(panel.getByText("The first 400 of 442.")).toBeVisible();
  await expect(panel.getByRole("button", { name: "Show more" })).toBeFocused();
  await page.context().close();
});
