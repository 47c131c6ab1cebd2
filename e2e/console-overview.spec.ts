import { expectNoFault } from "./accessible.ts";
import { expect, test } from "./journey.ts";
import { makeOwnTenant } from "./own-tenant.ts";

test("the overview counts what happens while one looks at it, and its charts have their numbers as tables", async ({
  browser,
}) => {
  const { page, noise, open, call, close } = await makeOwnTenant(browser, "figures");
  for (const name of ["ada", "ben"]) await call("PUT", `/Users/${name}`, { displayName: name });
  await open("?range=day");
  const messages = page.getByRole("listitem").filter({ hasText: "Messages" });
  const { body } = await call<{ id: string }>("POST", "/Chat", { name: "Figures", memberUserIds: ["ben"] }, "ada");
  for (const content of ["one", "two", "three"]) await call("POST", `/Chat/${body.id}/messages`, { content }, "ada");
  await call("POST", "/Notifications", { userId: "ben", subject: "Counted", message: "Once" });
  await expect(messages.locator(".tabular-nums")).toHaveText("3");
  await expect(page.getByRole("heading", { name: "Messages and notifications each 15 minutes" })).toBeVisible();
  const table = page.getByRole("table", { name: "Messages and notifications each 15 minutes" });
  // In the last of them, or in the one before when its time is over meanwhile.
  await expect(table.getByRole("row").filter({ has: page.locator("td:last-child", { hasText: /^1$/ }) })).toHaveCount(
    1,
  );
  await expectNoFault(page);
  await page.getByRole("button", { name: "30 days" }).click();
  await expect(page).toHaveURL(/range=month/);
  await expect(page.getByRole("heading", { name: "What failed each 6 hours" })).toBeVisible();
  expect(noise).toEqual([]);
  await close();
});

test("what is pressed before the page's script is there is done once it is", async ({ browser }) => {
  const { tenantId, page, noise, close } = await makeOwnTenant(browser, "early");
  let come = () => {};
  const script = new Promise<void>((resolve) => {
    come = resolve;
  });
  await page.route("**/_next/static/**/*.js", async (route) => {
    await script;
    await route.continue();
  });
  await page.goto(`/t/${tenantId}`, { waitUntil: "commit" });
  await page.getByRole("button", { name: "30 days" }).click();
  await page.getByRole("button", { name: `early Ltd ${tenantId} · owner` }).click();
  come();
  await expect(page.getByRole("menuitem", { name: "early Ltd" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/range=month/);
  expect(noise).toEqual([]);
  await close();
});
