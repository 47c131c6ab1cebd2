import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Config } from "../../config/config.ts";
import { Planner } from "../../log/planner.ts";
import { type MailServer, type Moods, smtpError, startMailServer } from "../../testing/mail-server.ts";
import { startMailWorker } from "../../testing/mail-worker.ts";
import { notify, type TestNotification } from "../../testing/notify.ts";
import { configFor, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { consumers } from "../consumers.ts";
import type { SmtpWaits } from "./smtp.ts";

let stack: Stack;
let owner: pg.Client;
const opened: { close(): Promise<void> }[] = [];
let made = 0;

beforeAll(async () => {
  stack = await startStack();
  owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
});
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});
afterAll(async () => {
  await owner.end();
  await stack.close();
});

const quick = { first: 50, longest: 200, attempts: 5, faults: 3, open: 300 };

async function work(changes: Partial<Config> = {}, attempts = quick.attempts, waits: Partial<SmtpWaits> = {}) {
  const worker = await startMailWorker(configFor(stack.database, changes), {
    look: 100,
    mail: { patience: { ...quick, attempts }, waits },
  });
  opened.push(worker);
}

async function serve(moods: Moods = {}): Promise<MailServer> {
  const server = await startMailServer(moods);
  opened.push(server);
  return server;
}

/** A tenant whose mail goes to a server of its own. */
async function tenantOn(server?: MailServer): Promise<TestTenant> {
  const tenant = await stack.tenant(`mail-${made++}`);
  if (server)
    await owner.query(
      `insert into mail_settings (tenant_id, host, port, security, from_address) values ($1, '127.0.0.1', $2, 'none', 'news@acme.example')`,
      [tenant.tenantId, server.port],
    );
  return tenant;
}

const tell = (tenant: TestTenant, news: TestNotification[]) => notify(stack.api.services.db, tenant.tenantId, news);
const people = (count: number): TestNotification[] =>
  Array.from({ length: count }, (_, i) => ({ userId: `u${i}`, email: `u${i}@example.com` }));

async function statuses(tenant: TestTenant): Promise<Record<string, number>> {
  const { rows } = await owner.query<{ status: string; n: number }>(
    "select status, count(*)::int as n from deliveries where tenant_id = $1 and channel = 'email' group by status",
    [tenant.tenantId],
  );
  return Object.fromEntries(rows.map(({ status, n }) => [status, n]));
}
const settle = (tenant: TestTenant, wanted: Record<string, number>) =>
  expect.poll(() => statuses(tenant), { timeout: 20_000, interval: 50 }).toEqual(wanted);

const attemptsOf = async (tenant: TestTenant) =>
  (
    await owner.query<{ outcome: string; words: string }>(
      "select outcome, words from delivery_attempts where tenant_id = $1 order by number",
      [tenant.tenantId],
    )
  ).rows;

describe("a server", () => {
  test("gets each mail once, to its address alone, with a Message-ID of its own", async () => {
    const server = await serve();
    const tenant = await tenantOn(server);
    await work();
    await tell(tenant, people(20));
    await settle(tenant, { sent: 20 });
    expect(server.mails.map(({ to }) => to).toSorted()).toEqual(
      people(20)
        .map(({ email }) => email)
        .toSorted(),
    );
    expect(new Set(server.mails.map(({ messageId }) => messageId)).size).toBe(20);
    expect(server.mails.every(({ from }) => from === "news@acme.example")).toBe(true);
    expect(server.connections).toBeLessThan(20); // connections are used again
  });

  test("that says 4xx is asked again, under the same Message-ID; its words are kept", async () => {
    let turns = 0;
    const seen: string[] = [];
    const server = await serve({
      data: ({ messageId }, { take, answer }) => {
        seen.push(messageId);
        if (++turns < 3) return void moveSender().then(() => answer(smtpError(451, "4.3.0 come back later")));
        take();
        answer(null);
      },
    });
    const tenant = await tenantOn(server);
    // Between two tries the tenant's address may become another.
    const moveSender = () =>
      owner.query("update mail_settings set from_address = 'news@other.example' where tenant_id = $1", [
        tenant.tenantId,
      ]);
    await work();
    await tell(tenant, people(1));
    await settle(tenant, { sent: 1 });
    expect(server.mails.map(({ from }) => from)).toEqual(["news@other.example"]);
    expect(new Set(seen).size).toBe(1);
    expect(await attemptsOf(tenant)).toMatchObject([
      { outcome: "temporary", words: expect.stringContaining("come back later") },
      { outcome: "temporary" },
      { outcome: "sent" },
    ]);
  });

  test("that does not know an address is not asked again: the mail failed, the address is suppressed", async () => {
    const server = await serve({
      recipient: (address) => (address.startsWith("u0@") ? smtpError(550, "5.1.1 no such person") : undefined),
    });
    const tenant = await tenantOn(server);
    await work();
    await tell(tenant, people(2));
    await settle(tenant, { sent: 1, failed: 1 });
    const { rows } = await owner.query("select address, reason from suppressions where tenant_id = $1", [
      tenant.tenantId,
    ]);
    expect(rows).toEqual([{ address: "u0@example.com", reason: "refused" }]);
    await tell(tenant, [{ userId: "u0", email: "U0@example.com" }]);
    await settle(tenant, { sent: 1, failed: 1, suppressed: 1 });
  });

  test("that refuses for another reason suppresses nobody, and one that never says yes is given up", async () => {
    const server = await serve({
      recipient: (address) =>
        address.startsWith("u0@") ? smtpError(554, "5.7.1 not from you") : smtpError(450, "4.2.1 mailbox busy"),
    });
    const tenant = await tenantOn(server);
    await work();
    await tell(tenant, people(2));
    await settle(tenant, { failed: 2 });
    expect((await owner.query("select from suppressions where tenant_id = $1", [tenant.tenantId])).rowCount).toBe(0);
    expect((await attemptsOf(tenant)).filter(({ outcome }) => outcome === "temporary")).toHaveLength(quick.attempts);
  });

  test("that hangs delays no other tenant's mail, and is left alone after some tries", async () => {
    const hanging = await serve({ connect: () => {} });
    const good = await serve();
    const stuck = await tenantOn(hanging);
    const others = await Promise.all(Array.from({ length: 3 }, () => tenantOn(good)));
    await work({}, quick.attempts, { greeting: 500 });
    await tell(stuck, people(200));
    await expect.poll(() => hanging.connections).toBeGreaterThan(0);
    const began = performance.now();
    for (const other of others) await tell(other, people(5));
    for (const other of others) await settle(other, { sent: 5 });
    console.log(`beside a hanging server three tenants got their mail in ${Math.round(performance.now() - began)} ms`);
    const health = async () =>
      (
        await owner.query("select failures, open_until, last_error from mail_health where tenant_id = $1", [
          stuck.tenantId,
        ])
      ).rows[0];
    await expect.poll(health).toMatchObject({ last_error: expect.stringMatching(/greeting/i) });
    await expect.poll(async () => (await health())?.open_until ?? null).not.toBeNull();
    expect(hanging.connections).toBeLessThan(60); // of 200 mails: the breaker is open for most of the time
    expect(await statuses(stuck)).toEqual({ queued: 200 });
  });

  test("that is back after its breaker opened gets everything", async () => {
    let down = true;
    const server = await serve({
      connect: (answer) => answer(down ? smtpError(421, "4.3.2 shutting down") : undefined),
    });
    const tenant = await tenantOn(server);
    await work();
    await tell(tenant, people(10));
    const failures = async () =>
      (await owner.query("select failures from mail_health where tenant_id = $1", [tenant.tenantId])).rows[0]?.failures;
    await expect.poll(failures).toBeGreaterThanOrEqual(quick.faults);
    down = false;
    await settle(tenant, { sent: 10 });
    expect(await failures()).toBe(0);
  });
});

describe("no server", () => {
  test("the catcher keeps the mail as it would have gone; with the catcher off the mail says so", async () => {
    const tenant = await tenantOn();
    await work();
    await tell(tenant, people(2));
    await settle(tenant, { caught: 2 });
    const { rows } = await owner.query(
      "select recipient, raw from caught_mails where tenant_id = $1 order by recipient",
      [tenant.tenantId],
    );
    expect(rows.map((row) => row.recipient)).toEqual(["u0@example.com", "u1@example.com"]);
    expect(String(rows[0].raw)).toContain("To: u0@example.com");
    await owner.query("insert into mail_settings (tenant_id, catcher) values ($1, false)", [tenant.tenantId]);
    await tell(tenant, people(1));
    await settle(tenant, { caught: 2, not_configured: 1 });
  });

  test("MAIL_URL serves every tenant that has none of its own", async () => {
    const server = await serve();
    const [one, two] = [await tenantOn(), await tenantOn()];
    await work({ mail: { url: server.url, from: "Parley <parley@example.org>" } });
    await tell(one, people(1));
    await tell(two, people(1));
    await settle(one, { sent: 1 });
    await settle(two, { sent: 1 });
    expect(server.mails.map(({ from }) => from)).toEqual(["parley@example.org", "parley@example.org"]);
  });
});

test("what became true meanwhile counts: read, archived, snoozed, expired, deleted", async () => {
  const tenant = await tenantOn(await serve());
  const [read] = await tell(tenant, [{ userId: "a", email: "a@example.com" }]);
  const [deleted] = await tell(tenant, [{ userId: "b", email: "b@example.com" }]);
  await tell(tenant, [{ userId: "c", email: "c@example.com", expiresAt: new Date(Date.now() - 1) }]);
  await tell(tenant, [{ userId: "d" }]);
  const [late] = await tell(tenant, [{ userId: "e", email: "e@example.com" }]);
  const [filed, away] = await tell(tenant, people(2));
  await owner.query("update notifications set read_at = now() where id = $1", [read]);
  await owner.query("update notifications set archived_at = now() where id = $1", [filed]);
  await owner.query("update notifications set snoozed_until = now() + interval '1 hour' where id = $1", [away]);
  await owner.query("delete from notifications where id = $1", [deleted]);
  const mail = await stack.api.services.db.forTenant(tenant.tenantId).notification.findFirst({ where: { id: late } });
  expect(mail).not.toBeNull();
  await work();
  await settle(tenant, { read_first: 2, held: 1, cancelled: 1, expired: 1, not_asked: 1, sent: 1 });
});

test("what people say between two tries counts: off for a type, off for all, paused; an operator's word stands above", async () => {
  let down = true;
  const server = await serve({
    data: (_mail, { take, answer }) => {
      if (down) return answer(smtpError(451, "4.3.0 come back later"));
      take();
      answer(null);
    },
  });
  const tenant = await tenantOn(server);
  await work({}, 1000);
  await tell(tenant, people(4));
  const tried = async () =>
    new Set((await attemptsOf(tenant)).map(({ outcome }) => outcome)).has("temporary") &&
    (await owner.query("select from deliveries where tenant_id = $1 and attempts > 0", [tenant.tenantId])).rowCount;
  await expect.poll(tried).toBe(4);
  await owner.query(
    `insert into preferences (tenant_id, user_id, type, channel, enabled)
     values ($1, 'u0', 'Welcome', 'email', false), ($1, 'u1', '*', 'email', false)`,
    [tenant.tenantId],
  );
  await owner.query(
    "insert into preference_timings (tenant_id, user_id, paused_until) values ($1, 'u2', now() + interval '1 hour')",
    [tenant.tenantId],
  );
  // Asked before each try: those that failed meanwhile are stopped by it, too.
  await settle(tenant, { preference: 2, held: 1, queued: 1 });
  down = false;
  await settle(tenant, { preference: 2, held: 1, sent: 1 });
  expect(server.mails.map(({ to }) => to)).toEqual(["u3@example.com"]);
  const { rows } = await owner.query(
    "select id, held_until > now() as later, detail from deliveries where tenant_id = $1 and status = 'held'",
    [tenant.tenantId],
  );
  expect(rows).toMatchObject([{ later: true, detail: "paused by the person" }]);
  await tenant.key()("POST", `/admin/deliveries/${rows[0].id}/resend`);
  await settle(tenant, { preference: 2, sent: 2 });
});

test("what the tenant says meanwhile counts, for mail that was planned and has not gone out", async () => {
  const server = await serve();
  const tenant = await tenantOn(server);
  const setDefault = (email: boolean) =>
    tenant.key()("PATCH", "/admin/tenant", { settings: { notifications: { channels: { email } } } });
  await setDefault(true);
  await tenant.key()("PUT", "/Users/ada", { email: "ada@example.com" });
  await tell(tenant, [{ userId: "ada" }, { userId: "ben", email: "ben@example.com" }]);
  const onError = (error: unknown) => {
    throw error;
  };
  await new Planner({ db: stack.api.services.db, consumers, onError }).plan(tenant.tenantId);
  expect(await statuses(tenant)).toEqual({ queued: 2 });
  await setDefault(false);
  await work();
  await settle(tenant, { not_asked: 1, sent: 1 }); // whom the sender gave an address gets it all the same
  expect(server.mails.map(({ to }) => to)).toEqual(["ben@example.com"]);
});
