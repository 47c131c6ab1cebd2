import { faultsOf, openConsole } from "./console.ts";
import { expect, test, unheard } from "./journey.ts";
import { callAs, callWithKey, makeGroup } from "./people.ts";

test("the overview counts what happens while one looks at it, and its charts have their numbers as tables", async ({
  browser,
}) => {
  const { page, noise, close } = await openConsole(browser, "/t/demo?range=day");
  const messages = page.getByRole("listitem").filter({ hasText: "Messages" });
  const number = async () => Number((await messages.locator(".tabular-nums").textContent())?.replaceAll(",", ""));
  await expect(page.getByRole("heading", { name: "Messages and notifications each 15 minutes" })).toBeVisible();
  const before = await number();
  const { id } = await makeGroup(unheard("Figures"), "ada", "ben");
  for (const content of ["one", "two", "three"]) await callAs("ada", "POST", `/Chat/${id}/messages`, { content });
  await callWithKey("POST", "/Notifications", { userId: "ben", subject: "Counted", message: "Once" });
  await expect.poll(number).toBe(before + 3);
  const table = page.getByRole("table", { name: "Messages and notifications each 15 minutes" });
  await expect(table.getByRole("row").last().getByRole("cell").last()).not.toHaveText("0");
  expect(await faultsOf(page)).toEqual([]);
  await page.getByRole("button", { name: "30 days" }).click();
  await expect(page).toHaveURL(/range=month/);
  await expect(page.getByRole("heading", { name: "What failed each 6 hours" })).toBeVisible();
  expect(noise).toEqual([]);
  await close();
});
