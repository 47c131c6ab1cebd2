import { expectNoFault } from "./accessible.ts";
import { expect, test } from "./journey.ts";
import { makeOwnTenant } from "./own-tenant.ts";

test("the overview counts what happens while one looks at it, and its charts have their numbers as tables", async ({
  browser,
}) => {
  const { page, tenantId, noise, open, call, sql, close } = await makeOwnTenant(browser, "figures");
  for (const name of ["ada", "ben"]) await call("PUT", `/Users/${name}`, { displayName: name });
  await open("?range=day");
  const messages = page.getByRole("listitem").filter({ hasText: "Messages" });
  const { body } = await call<{ id: string }>("POST", "/Chat", { name: "Figures", memberUserIds: ["ben"] }, "ada");
  for (const content of ["one", "two", "three"]) await call("POST", `/Chat/${body.id}/messages`, { content }, "ada");
  await call("POST", "/Notifications", { userId: "ben", subject: "Counted", message: "Once" });
  const scheduledFor = "2980-01-01T00:00:00Z";
  await call("POST", "/Notifications", { userId: "ben", subject: "Planned", message: "For later", scheduledFor });
  await expect(messages.locator(".tabular-nums")).toHaveText("3");
  await expect(page.getByRole("heading", { name: "Messages and notifications each 15 minutes" })).toBeVisible();
  const table = page.getByRole("table", { name: "Messages and notifications each 15 minutes" });
  // In the last of them, or in the one before when its time is over meanwhile.
  await expect(table.getByRole("row").filter({ has: page.locator("td:last-child", { hasText: /^1$/ }) })).toHaveCount(
    1,
  );
  await expectNoFault(page);
  await sql(
    `insert into deliveries (tenant_id, id, cause, user_id, channel, kind, type, subject, status, epoch)
     select $1, gen_random_uuid(), 'test:' || status, 'ada', 'email', 'test', 'General', 'Tide', status, 1
     from unnest(array['failed', 'bounced', 'sent']) status`,
    [tenantId],
  );
  const failed = page.getByRole("listitem").filter({ hasText: "Mails not delivered" });
  await expect(failed.locator(".tabular-nums")).toHaveText("2");
  await page.getByRole("button", { name: "30 days" }).click();
  await expect(page).toHaveURL(/range=month/);
  await expect(page.getByRole("heading", { name: "What failed each 6 hours" })).toBeVisible();
  await expect(failed.locator(".tabular-nums")).toHaveText("2");
  await failed.getByRole("link").click();
  const rows = page.getByRole("table", { name: "Mail deliveries" }).getByRole("row");
  await expect(rows.filter({ hasText: "Tide" })).toHaveCount(2);
  await page.getByRole("button", { name: "Clear" }).click();
  await expect(rows.filter({ hasText: "Tide" })).toHaveCount(3);
  // A number leads to what it counts, of the same time.
  await open("?range=month");
  await page
    .getByRole("main")
    .getByRole("link", { name: /^Faults of the service/u })
    .click();
  await expect(page.getByLabel("Outcome")).toHaveValue("faults");
  await expect(page.getByLabel("From", { exact: true })).not.toHaveValue("");
  await expect(page.getByText("None fits these filters")).toBeVisible();
  await page.goBack();
  await page
    .getByRole("main")
    .getByRole("link", { name: /^Notifications/u })
    .click();
  await expect(page.getByLabel("State")).toHaveValue("appeared");
  await expect(page.getByRole("columnheader", { name: "Appeared" })).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "Counted" })).toHaveCount(1);
  await expect(page.getByRole("row").filter({ hasText: "Planned" })).toHaveCount(0);
  await page.getByRole("button", { name: "Clear" }).click();
  await expect(page.getByRole("row").filter({ hasText: "Planned" })).toHaveCount(1);
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
