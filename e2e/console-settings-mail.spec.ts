import { startMailServer } from "../server/testing/mail-server.ts";
import { expect, intercept, test } from "./journey.ts";
import { type OwnSettings, settingsOf } from "./own-settings.ts";
import { makeOwnTenant, type OwnTenant } from "./own-tenant.ts";

// The settings that decide what goes out as a mail, changed on the page, with what becomes of a mail.
let own: OwnTenant;
let { save, notify, mailOf, caught } = {} as OwnSettings;
test.beforeAll(async ({ browser }) => {
  own = await makeOwnTenant(browser, "mails");
  ({ save, notify, mailOf, caught } = settingsOf(own));
  await own.call("PUT", "/Users/ada", { displayName: "Ada", email: "ada@settings.example" });
});
test.beforeEach(() => own.open("/settings"));
test.afterAll(async () => {
  expect(own.noise).toEqual([]);
  await own.close();
});

test("quiet hours: a decision that is held until they are over", async () => {
  const now = new Date();
  const hour = (by: number) => `${String((now.getUTCHours() + by + 24) % 24).padStart(2, "0")}:30`;
  await save("Quiet hours", { "Keep quiet hours": true, From: hour(-2), To: hour(3) });
  const held = await mailOf(await notify({ email: "ada@settings.example" }));
  expect(held).toMatchObject({ status: "held", rule: "quiet_hours" });
  expect(held.heldUntil?.slice(11, 16)).toBe(hour(3));
  await save("Quiet hours", { "Keep quiet hours": false });
  expect((await mailOf(await notify({ email: "ada@settings.example" }))).status).toBe("caught");
});

test("digest: gathered until the day and the time that are set", async () => {
  await save("Digest", { Digest: "weekly", "Digest at": "06:40", "Weekly digest on": "wednesday" });
  const folded = await mailOf(await notify({ email: "ada@settings.example" }));
  const until = new Date(folded.heldUntil ?? 0);
  expect([folded.rule, until.getUTCDay(), until.toISOString().slice(11, 16)]).toEqual(["digest", 3, "06:40"]);
  await save("Digest", { Digest: "off" });
});

test("default preferences: by which channel each kind goes out, and whether people may change it", async () => {
  const { page } = own;
  await own.call("PUT", "/admin/categories/Delay", { title: "Delays", channels: ["inApp"] });
  await own.open("/settings");
  const table = page.getByRole("table", { name: "Default preferences" });
  const flip = async (name: string, on: boolean) => {
    const control = table.getByRole("switch", { name, exact: true });
    await control.click();
    await expect(control).toBeChecked({ checked: on });
    await expect(control).toBeEnabled(); // all is read anew: nothing of that comes later
  };
  expect((await mailOf(await notify({ type: "Delay" }))).status).toBe("not_asked");
  await flip("Delays: mail", true);
  expect((await mailOf(await notify({ type: "Delay" }))).status).toBe("caught");
  await flip("Everything else: mail", true);
  expect((await mailOf(await notify({ type: "Else" }))).status).toBe("caught");
  await flip("Everything else: inbox", false);
  const inbox = await own.call<{ data: { id: string }[] }>("GET", "/Notifications?type=Hidden", undefined, "ada");
  await notify({ type: "Hidden" });
  expect((await own.call<typeof inbox.body>("GET", "/Notifications?type=Hidden", undefined, "ada")).body.data).toEqual(
    [],
  );
  await flip("Everything else: inbox", true);

  const off = { categories: [{ type: "Delay", email: "off" }] };
  await own.call("PUT", "/preferences", off, "ada");
  expect((await mailOf(await notify({ type: "Delay" }))).status).toBe("preference");
  await flip("Delays: people may change it", false);
  expect((await mailOf(await notify({ type: "Delay" }))).status).toBe("caught");

  // One after another, faster than the table is read anew: the second takes nothing of the first back.
  let answer = () => {};
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await intercept(page, /categories\.list/u, (route) => held.then(() => route.continue()), { times: 1 });
  const stored = page.waitForResponse(/categories\.put/u);
  await table.getByRole("switch", { name: "Delays: mail", exact: true }).click();
  await stored;
  await expect(table.getByRole("switch", { name: "Delays: inbox", exact: true })).toBeDisabled();
  const second = table.getByRole("switch", { name: "Delays: inbox", exact: true }).click();
  answer();
  await second;
  await expect
    .poll(async () => (await own.call<{ channels: string[] }>("GET", "/admin/categories/Delay")).body.channels)
    .toEqual([]);
});

test("away minutes: a mail of what is unread for so long; at most one in the pause", async () => {
  await save("While away", { "After so many minutes": "1", "At most one a chat in so many minutes": "30" });
  const { body: chat } = await own.call<{ id: string }>(
    "POST",
    "/Chat",
    { name: "Pier", memberUserIds: ["ada"] },
    "ben",
  );
  const say = (content: string) => own.call("POST", `/Chat/${chat.id}/messages`, { content }, "ben");
  const due = () =>
    own.sql<{ due: number }>(
      "select extract(epoch from s.due_at - now())::int as due from away_sweeps s where tenant_id = $1 and chat_id = $2",
      [own.tenantId, chat.id],
    );
  /** As if that many minutes had gone by since the last message. */
  const pass = async (minutes: number) => {
    const by = [own.tenantId, chat.id, minutes];
    await own.sql(
      "update messages set created_at = created_at - make_interval(mins => $3) where tenant_id = $1 and chat_id = $2",
      by,
    );
    await own.sql(
      "update away_sweeps set due_at = due_at - make_interval(mins => $3) where tenant_id = $1 and chat_id = $2",
      by,
    );
    const payload = JSON.stringify({ tenantId: own.tenantId, chatId: chat.id });
    const key = `away:${own.tenantId}:${chat.id}`;
    await own.sql("select graphile_worker.add_job('away', $1::json, job_key := $2, run_at := now())", [payload, key]);
  };
  await say("Are you there?");
  await expect.poll(async () => (await due())[0]?.due ?? 0).toBeGreaterThan(0);
  expect((await due())[0]?.due).toBeLessThanOrEqual(60);
  await pass(1);
  expect((await caught(/unread message in Pier/)).text).toContain("Are you there?");
  await say("Hello?");
  // Due again when the pause is over, and not a minute after the message.
  await expect.poll(async () => (await due())[0]?.due ?? 0).toBeGreaterThan(0);
  await pass(2);
  await expect.poll(async () => (await due())[0]?.due ?? 0).toBeGreaterThan(20 * 60);
  await save("While away", { "Tell people of unread messages": false });
  const { body: quiet } = await own.call<{ id: string }>(
    "POST",
    "/Chat",
    { name: "Quiet", memberUserIds: ["ada"] },
    "ben",
  );
  await own.call("POST", `/Chat/${quiet.id}/messages`, { content: "x" }, "ben");
  await notify({ subject: "After it", email: "ada@settings.example" });
  await caught("After it");
  expect(await own.sql("select 1 from away_sweeps where chat_id = $1", [quiet.id])).toEqual([]);
});

test("a fault of the mail server moves nothing of the form, however narrow the page and long the fault", async () => {
  const { page, tenantId } = own;
  await page.setViewportSize({ width: 360, height: 740 });
  await save("Mail", { "SMTP server": "127.0.0.1", Port: "1" });
  const region = page.getByRole("region", { name: "Mail", exact: true });
  await expect(region.getByText("Mail goes through your own server")).toBeVisible();
  const place = async () => {
    await expect(region.getByLabel("SMTP server")).toBeVisible();
    const box = await region.getByLabel("SMTP server").boundingBox();
    return (box?.y ?? 0) - ((await region.boundingBox())?.y ?? 0);
  };
  const before = await place();
  const fault = "451 the mailbox is busy, come back later; ".repeat(5);
  const row = "insert into mail_health (tenant_id, failures, last_error, last_error_at) values ($1, 1, $2, now())";
  await own.sql(row, [tenantId, fault]);
  await own.open("/settings");
  await expect(region.getByText("Last fault")).toBeVisible();
  expect(await place()).toBe(before);
  await save("Mail", { "SMTP server": "", Port: "" });
  await own.sql("delete from mail_health where tenant_id = $1", [tenantId]);
  await page.setViewportSize({ width: 1280, height: 720 });
});

test("mail: through one's own server, with its sender; what it said last; or nowhere", async () => {
  const { page } = own;
  const server = await startMailServer(
    {},
    { onAuth: (auth, _session, answer) => answer(null, auth.password === "letmein" ? { user: auth.username } : {}) },
  );
  const region = page.getByRole("region", { name: "Mail", exact: true });
  await save("Mail", {
    ...{ "SMTP server": "127.0.0.1", Port: String(server.port), Encryption: "none" },
    ...{ "User name": "ferry", "Password of the server": "letmein" },
    ...{
      "Sender's address": "news@montijo.example",
      "Sender's name": "Montijo News",
      "Replies to": "help@montijo.example",
    },
  });
  await region.getByLabel("Send a test to").fill("me@montijo.example");
  await region.getByRole("button", { name: "Send test" }).click();
  await expect(region.getByText("sent", { exact: true })).toBeVisible();
  const mail = await server.mails[0]?.parse();
  expect([mail?.from?.text, mail?.replyTo?.text]).toEqual([
    '"Montijo News" <news@montijo.example>',
    "help@montijo.example",
  ]);
  await server.close();
  await region.getByRole("button", { name: "Send test" }).click();
  await expect(region.getByText("Last fault")).toBeVisible();
  await expect(region.getByText(/^One is stored/)).toBeVisible();
  const none = { "SMTP server": "", Port: "", "User name": "" };
  await save("Mail", { ...none, "Keep mail in the catcher while there is no server": false });
  await expect(region.getByText(/^One is stored/)).toHaveCount(0);
  await expect(region.getByLabel("Port")).toHaveValue("");
  expect((await mailOf(await notify({ email: "ada@settings.example" }))).status).toBe("not_configured");
  await save("Mail", { "Keep mail in the catcher while there is no server": true });
});
