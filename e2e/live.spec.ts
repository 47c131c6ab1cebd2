import type { Route, WebSocketRoute } from "@playwright/test";
import { expect, test } from "./journey.ts";
import { makeOwnTenant, type OwnTenant } from "./own-tenant.ts";

let own: OwnTenant;
test.beforeAll(async ({ browser }) => {
  own = await makeOwnTenant(browser, "live");
});
test.afterAll(async () => {
  expect(own.noise).toEqual([]);
  await own.close();
});

test("the overview says what needs somebody, each with a way there", async () => {
  const { page, tenantId, open, call, sql } = own;
  const needs = page.getByRole("region", { name: "What needs somebody" });
  // What is below it stays where it is when the last of it is answered.
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const hold = async (route: Route) => {
    await held;
    await route.continue();
  };
  await page.route(/jobs\.listDead/u, hold);
  await open("");
  const nothing = needs.getByText("Nothing at the moment.");
  await expect(needs).toHaveAttribute("aria-busy", "true");
  await expect(nothing).toHaveCount(0);
  const { height } = (await needs.boundingBox()) ?? {};
  answer();
  await expect(nothing).toBeVisible();
  expect((await needs.boundingBox())?.height).toBe(height);
  await page.unroute(/jobs\.listDead/u);
  const { body: hook } = await call<{ id: string }>("POST", "/admin/webhooks", { url: "http://127.0.0.1:9/down" });
  await call("PATCH", "/admin/mail/settings", { catcher: false });
  // What takes hours of failing to come about.
  await sql("update webhook_endpoints set failures = 12, open_until = now() + interval '1 hour' where tenant_id = $1", [
    tenantId,
  ]);
  await sql(
    "select graphile_worker.add_job('mail', json_build_object('tenantId', $1::text), run_at => now() + interval '1 day', job_key => $1)",
    [tenantId],
  );
  await sql("update graphile_worker._private_jobs set attempts = max_attempts, last_error = 'Gave up' where key = $1", [
    tenantId,
  ]);
  const expectNeeds = async (...wanted: [what: string, why: string, path: string][]) => {
    await open("");
    for (const [what, why, path] of wanted) {
      const item = needs.getByRole("listitem").filter({ hasText: what });
      await expect(item).toContainText(why);
      await expect(item.getByRole("link")).toHaveAttribute("href", `/t/${tenantId}${path}`);
    }
    await expect(needs.getByRole("listitem")).toHaveCount(wanted.length);
  };
  await expectNeeds(
    ["Mail goes nowhere", "No mail server is set.", "/settings#mail"],
    ["A webhook fails", "http://127.0.0.1:9/down: 12 tries in a row failed", `/webhooks/${hook.id}`],
    ["1 job was given up", "Gave up", "/jobs"],
  );

  await call("PATCH", "/admin/mail/settings", { host: "127.0.0.1", port: 9 });
  await sql(
    "insert into mail_health (tenant_id, failures, open_until, last_error) values ($1, 9, now() + interval '1 hour', 'No route')",
    [tenantId],
  );
  await call("DELETE", `/admin/webhooks/${hook.id}`);
  await expectNeeds(
    ["The mail server is left alone for a while", "No route", "/settings#mail"],
    ["1 job was given up", "Gave up", "/jobs"],
  );

  // What a restore leaves behind.
  await sql(
    `insert into deliveries (tenant_id, id, cause, user_id, channel, kind, type, subject, status, epoch)
     select $1, gen_random_uuid(), 'test:' || n, 'ada', 'email', 'test', 'General', 'Tide', 'waiting', 1
     from generate_series(1, 2) n`,
    [tenantId],
  );
  const waiting = needs.getByRole("listitem").filter({ hasText: "2 mails wait" });
  await waiting.getByRole("button", { name: "Cancel them" }).click();
  const asks = page.getByRole("alertdialog", { name: "Cancel 2 mails?" });
  await asks.getByRole("button", { name: "Cancel them" }).click();
  await expect(page.getByText("2 mails cancelled")).toBeVisible();
  await expect(waiting).toHaveCount(0);
});

test("rows of the console come by its one subscription, with no poll, also those of while it was cut off", async () => {
  const { page, open, call } = own;
  // Every poll of the console is an interval; without them nothing but the subscription can bring a row.
  await page.addInitScript(() => Object.assign(window, { setInterval: () => 0 }));
  let opening = Promise.resolve();
  const sockets: WebSocketRoute[] = [];
  await page.routeWebSocket(/\/api\/trpc/, async (socket) => {
    await opening;
    socket.connectToServer();
    sockets.push(socket);
  });
  const make = (name: string) => call<{ id: string }>("POST", "/Chat", { name, memberUserIds: ["ben"] }, "ada");
  const row = (name: string) => page.getByRole("table").getByRole("row", { name });

  await open("/chats");
  await expect(page.getByText("No chat yet")).toBeVisible();
  await make("Harbour");
  await expect(row("Harbour")).toBeVisible();

  let reopen = () => {};
  opening = new Promise((resolve) => {
    reopen = resolve;
  });
  await sockets[0]?.close({ code: 1012 });
  await expect(page.getByRole("button", { name: "No connection" })).toBeVisible();
  await make("Pier");
  reopen();
  await expect(row("Pier")).toBeVisible();
  await expect(page.getByRole("button", { name: "Live. Pause (p)" })).toBeVisible();

  // Another page of the same subscription.
  await page.getByRole("link", { name: "Notifications", exact: true }).click();
  await expect(page.getByText("Nothing was sent yet")).toBeVisible();
  await call("POST", "/Notifications", { userId: "ben", subject: "Tide", message: "High at noon" });
  await expect(row("Tide")).toBeVisible();
  expect(sockets).toHaveLength(2);
});
