import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { insertDeliveries, mailJob } from "../../domain/deliveries/store.ts";
import { changePreferences } from "../../domain/preferences/change-preferences.ts";
import { newId } from "../../ids.ts";
import { epochOf } from "../../log/store.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import { tenantTransaction } from "../../persistence/prisma.ts";
import { type MailServer, smtpError, startMailServer } from "../../testing/mail-server.ts";
import { startMailWorker } from "../../testing/mail-worker.ts";
import { notify } from "../../testing/notify.ts";
import { sessionsWaiting } from "../../testing/sessions-waiting.ts";
import { configFor, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { claimMail, finishMail } from "./mail-store.ts";
import { holdMail } from "./ruling-store.ts";

let stack: Stack;
let tenant: TestTenant;
let owner: pg.Client;
let server: MailServer;
let worker: Awaited<ReturnType<typeof startMailWorker>>;
let down = true;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  server = await startMailServer({
    data: (_mail, { take, answer }) => {
      if (down) return answer(smtpError(451, "4.3.0 come back later"));
      take();
      answer(null);
    },
  });
  owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  worker = await startMailWorker(configFor(stack.database, { mail: { url: server.url, from: "p@example.org" } }), {
    look: 50,
    mail: { patience: { first: 50, longest: 100, attempts: 1000 } },
  });
});
beforeEach(() => {
  down = true;
  server.mails.length = 0;
});
afterAll(async () => {
  await worker.close();
  await owner.end();
  await server.close();
  await stack.close();
});

const prefer = (userId: string, body: object) => tenant.as(userId)("PUT", "/preferences", body);

interface Mail {
  status: string;
  rule: string;
  attempts: number;
  /** minutes from now */
  dueIn: number | null;
}

const digestOf = async (userId: string) =>
  (
    await owner.query<Mail>(
      `select status, rule, attempts, round(extract(epoch from due_at - now()) / 60)::int as "dueIn" from deliveries
       where tenant_id = $1 and user_id = $2 and kind = 'digest'`,
      [tenant.tenantId, userId],
    )
  ).rows;
const settle = (userId: string, wanted: Partial<Mail>) =>
  expect.poll(() => digestOf(userId), { timeout: 20_000, interval: 30 }).toMatchObject([wanted]);

/** Two notifications that waited for a pause, in one mail that the server did not take yet. */
async function refusedDigest(userId: string, types = ["News", "News"]): Promise<string[]> {
  await prefer(userId, { pause: "hour" });
  const email = `${userId}@example.com`;
  const told = types.map((type, at) => ({ userId, email, type, subject: `The ${["first", "second"][at]}` }));
  const ids = await notify(stack.api.services.db, tenant.tenantId, told);
  const held = async () =>
    (await owner.query("select from deliveries where user_id = $1 and status = 'held'", [userId])).rowCount;
  await expect.poll(held, { timeout: 20_000, interval: 30 }).toBe(2);
  await prefer(userId, { pause: "none" });
  await settle(userId, { status: "queued", attempts: expect.toSatisfy((tries: number) => tries > 0) });
  return ids;
}

/** What a digest's row keeps of what it says, and what became of what is in it. */
const saidTo = async (userId: string) =>
  (
    await owner.query<{ mail: string }>(
      `select subject, mail::text, array(select i.status from deliveries i where i.user_id = d.user_id and i.channel = 'email' and i.kind <> 'digest' order by 1) as items
       from deliveries d where user_id = $1 and kind = 'digest'`,
      [userId],
    )
  ).rows[0];

test("a digest on its way waits for the end of a pause, or for the person to end it, and goes out once", async () => {
  await refusedDigest("ada");
  await prefer("ada", { pause: "day" });
  await settle("ada", { status: "queued", rule: "paused", dueIn: 24 * 60 });
  down = false;
  await prefer("ada", { pause: "none" });
  await settle("ada", { status: "sent" });
  expect(server.mails.map(({ to }) => to)).toEqual(["ada@example.com"]);
});

test("a digest that the server did not take before quiet hours waits for their end, though there will be another digest", async () => {
  await refusedDigest("kim");
  const [from, to] = [-1, 2].map((hours) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16));
  await prefer("kim", { timezone: "UTC", digest: { every: "daily" }, quietHours: { enabled: true, from, to } });
  await settle("kim", {
    status: "queued",
    rule: "quiet_hours",
    dueIn: expect.toSatisfy((minutes: number) => minutes > 60),
  });
});

test("at its second try a digest is what its notifications are: wanted by their types, whatever holds for the others", async () => {
  await prefer("ben", {
    categories: [
      { type: "*", email: "off" },
      { type: "News", email: "on" },
    ],
  });
  await refusedDigest("ben");
  down = false;
  await settle("ben", { status: "sent" });
  expect(server.mails.map(({ to }) => to)).toEqual(["ben@example.com"]);
});

test("a digest on its way is stopped when nothing in it is wanted any more", async () => {
  await refusedDigest("eve", ["News", "Deals"]);
  await prefer("eve", { categories: [{ type: "News", email: "off" }] });
  const tries = (await digestOf("eve"))[0]?.attempts ?? 0;
  await settle("eve", { status: "queued", attempts: expect.toSatisfy((now: number) => now > tries + 1) });
  await prefer("eve", { categories: [{ type: "*", email: "off" }] });
  await settle("eve", { status: "preference" });
});

test("a digest on its way goes without what was withdrawn or read meanwhile, and keeps nothing of it", async () => {
  const [withdrawn = ""] = await refusedDigest("ivo");
  await prefer("ivo", { pause: "day" });
  await settle("ivo", { status: "queued", rule: "paused" });
  expect((await tenant.key()("DELETE", `/Notifications/${withdrawn}`)).status).toBe(200);
  expect((await saidTo("ivo"))?.mail).not.toContain("The first");
  down = false;
  await prefer("ivo", { pause: "none" });
  await settle("ivo", { status: "sent" });
  const [mail] = await Promise.all(server.mails.map((each) => each.parse()));
  expect(mail).toMatchObject({ subject: "1 notification while it was quiet", text: expect.stringContaining("second") });
  expect(mail?.text).not.toContain("first");
  expect(await saidTo("ivo")).toMatchObject({ subject: mail?.subject, items: ["cancelled", "folded"] });
});

test("a digest on its way is stopped when all in it is read or withdrawn", async () => {
  const [withdrawn = "", read = ""] = await refusedDigest("jon");
  await tenant.as("jon")("PUT", `/Notifications/${read}/read`);
  await tenant.key()("DELETE", `/Notifications/${withdrawn}`);
  await settle("jon", { status: expect.stringMatching(/^(cancelled|read_first)$/) });
  expect((await saidTo("jon"))?.mail).not.toContain("The first");
});

test("a digest that is asked for once more says what is still there, also what was read", async () => {
  const [withdrawn = "", read = ""] = await refusedDigest("lou");
  down = false;
  await settle("lou", { status: "sent" });
  await tenant.as("lou")("PUT", `/Notifications/${read}/read`);
  await tenant.key()("DELETE", `/Notifications/${withdrawn}`);
  const { rows } = await owner.query("select id from deliveries where user_id = 'lou' and kind = 'digest'");
  expect((await tenant.key()("POST", `/admin/deliveries/${rows[0].id}/resend`)).status).toBe(200);
  await expect.poll(() => server.mails.length, { timeout: 20_000 }).toBe(2);
  const text = (await server.mails[1]?.parse())?.text;
  expect(text).toContain("The second");
  expect(text).not.toContain("The first");
});

test("a look at a digest whose time is not now is no try: it is not given up for that", async () => {
  await refusedDigest("gil");
  await prefer("gil", { pause: "day" });
  await settle("gil", { status: "queued", rule: "paused" });
  const { rows } = await owner.query(
    `select count(*) filter (where a.outcome = 'stopped')::int as looks, count(*)::int - max(d.attempts) as uncounted
     from deliveries d join delivery_attempts a on a.tenant_id = d.tenant_id and a.delivery_id = d.id
     where d.tenant_id = $1 and d.user_id = 'gil' and d.kind = 'digest'`,
    [tenant.tenantId],
  );
  expect(rows[0].looks).toBeGreaterThan(0);
  expect(rows[0].uncounted).toBe(rows[0].looks);
});

test("a notice to a tenant's owners is tried until it is taken, whatever quiet hours its people have", async () => {
  const notice = await stack.tenant("notice");
  const { db } = stack.api.services;
  const [from, to] = [-1, 2].map((hours) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16));
  const quietHours = { enabled: true, from, to };
  await notice.key()("PATCH", "/admin/tenant", { settings: { notifications: { quietHours } } });
  await tenantTransaction(db.prisma, notice.tenantId, async (tx) => {
    const epoch = await epochOf(tx, notice.tenantId);
    const told = { userId: "", channel: "email", kind: "notice", type: "WebhookDisabled", status: "queued" } as const;
    const mail = { message: "Events are no longer sent" };
    await insertDeliveries(tx, notice.tenantId, [
      { ...told, cause: "notice:1", subject: "Disabled", address: "owner@example.com", mail, epoch },
    ]);
    await enqueueJobs(tx, [mailJob(notice.tenantId)]);
  });
  const find = async () =>
    (await owner.query<Mail>("select status, attempts from deliveries where tenant_id = $1", [notice.tenantId]))
      .rows[0];
  const moved = ({ status, attempts }: Mail) => status !== "queued" || attempts > 2;
  await expect.poll(find, { timeout: 20_000, interval: 30 }).toSatisfy(moved);
  down = false;
  await expect.poll(find, { timeout: 20_000, interval: 30 }).toMatchObject({ status: "sent" });
});

describe("a mail that is held before it goes", () => {
  const until = new Date(Date.now() + 3_600_000);
  const held = { outcome: "stopped", status: "held", rule: "paused", heldUntil: until } as const;
  async function claimed(id: string) {
    const at = await stack.tenant(id);
    await at.as("ada")("PUT", "/preferences", { pause: "hour", categories: [{ type: "*", email: "on" }] });
    await owner.query(
      `insert into deliveries (tenant_id, id, cause, user_id, channel, kind, type, subject, status, address, due_at, epoch, updated_at)
       select tenant_id, $2, 'event:x', 'ada', 'email', 'away', 'News', 's', 'queued', 'ada@example.com', now(), log_epoch_v1(epoch), now()
       from tenant_log where tenant_id = $1`,
      [at.tenantId, newId()],
    );
    const mail = await claimMail(stack.api.services.db.pool, at.tenantId);
    if (!mail?.stale) throw new Error("the mail is due, and its person has just said something");
    return { ...at, mail };
  }

  const found = async (tenantId: string) =>
    (
      await owner.query(
        `select status, held_until, (select count(*)::int from graphile_worker._private_jobs j where j.key like 'digests:' || tenant_id || ':%') as jobs
         from deliveries where tenant_id = $1`,
        [tenantId],
      )
    ).rows[0];

  test("is so together with the job that comes for it", async () => {
    const { tenantId, mail } = await claimed("held-at-once");
    await owner.query("begin");
    await owner.query("select from deliveries where id = $1 for update", [mail.id]);
    const holding = holdMail(stack.api.services.db, tenantId, mail, () => held);
    await expect.poll(() => sessionsWaiting(owner), { timeout: 20_000 }).toBe(1);
    expect(await found(tenantId)).toEqual({ status: "queued", held_until: null, jobs: 0 });
    await owner.query("commit");
    await holding;
    expect(await found(tenantId)).toEqual({ status: "held", held_until: until, jobs: 1 });
  });

  test("is not held by what its person takes back just then", async () => {
    const { tenantId, mail } = await claimed("taken-back");
    const { db } = stack.api.services;
    let holding: Promise<void> | undefined;
    await tenantTransaction(db.prisma, tenantId, async (tx) => {
      await changePreferences(tx, tenantId, "ada", { changes: { pause: "none" }, now: Date.now() });
      holding = holdMail(db, tenantId, mail, ({ outcome }) => (outcome === "hold" ? held : undefined));
      await expect.poll(() => sessionsWaiting(owner), { timeout: 20_000 }).toBe(1);
    });
    await holding;
    expect(await found(tenantId)).toMatchObject({ status: "queued", held_until: null });
  });

  test("is let go when its person takes that back afterwards", async () => {
    const { tenantId, mail, as } = await claimed("taken-back-later");
    await holdMail(stack.api.services.db, tenantId, mail, ({ outcome }) => (outcome === "hold" ? held : undefined));
    expect(await found(tenantId)).toMatchObject({ status: "held", held_until: until });
    await as("ada")("PUT", "/preferences", { pause: "none" });
    await expect.poll(async () => (await found(tenantId)).held_until, { timeout: 20_000 }).not.toEqual(until);
  });
});

test("what a worker puts off to a time that is past by Postgres' clock is not due again at once", async () => {
  const { tenantId } = await stack.tenant("behind");
  const id = newId();
  await owner.query(
    `insert into deliveries (tenant_id, id, cause, user_id, channel, kind, type, subject, status, address, due_at, epoch, updated_at)
     values ($1, $2, 'digest:x', 'ada', 'email', 'digest', 'News', 's', 'queued', 'ada@example.com', now(), 0, now())`,
    [tenantId, id],
  );
  const { pool } = stack.api.services.db;
  const mail = await claimMail(pool, tenantId);
  if (mail?.id !== id) throw new Error("the mail is due");
  const dueAt = new Date(Date.now() - 5000);
  await finishMail(pool, tenantId, mail, { outcome: "stopped", status: "queued", rule: "paused", dueAt });
  expect(await claimMail(pool, tenantId)).toBeUndefined();
});
