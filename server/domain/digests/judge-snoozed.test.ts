import { Client } from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { claimMail } from "../../jobs/mail/mail-store.ts";
import { rewriteDigest } from "../../jobs/mail/rewrite-digest.ts";
import { Planner } from "../../log/planner.ts";
import type { Database } from "../../persistence/database.ts";
import { type HeldMail, holdMails } from "../../testing/held-mails.ts";
import { notify } from "../../testing/notify.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { planDeliveries } from "../deliveries/plan-deliveries.ts";
import { settleDue } from "../notifications/settle-due.ts";
import { runDigests } from "./run-digests.ts";

// Mail of what its owner has archived or snoozed meanwhile, or what has expired.

let stack: Stack;
let tenant: TestTenant;
let db: Database;
let owner: Client;
let made = 0;

beforeAll(async () => {
  stack = await startStack();
  db = stack.api.services.db;
  owner = new Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await stack.close();
});
beforeEach(async () => {
  tenant = await stack.tenant(`acme-${++made}`);
  await tenant.key()("PATCH", "/admin/tenant", { settings: { notifications: { channels: { email: true } } } });
});

const inHours = (count: number) => new Date(Date.now() + count * 3_600_000);
const hold = (held: HeldMail[]) => holdMails(db, tenant.tenantId, held, inHours(-1));
const run = (now = new Date()) => runDigests(db, tenant.tenantId, { now });
const rowsOf = (userId: string) =>
  db.forTenant(tenant.tenantId).delivery.findMany({
    where: { userId, channel: "email" },
    orderBy: [{ kind: "desc" }, { id: "asc" }],
  });
const jobsAt = async (at: Date) => {
  const key = `digests:${tenant.tenantId}:${at.getTime()}`;
  return (await owner.query("select from graphile_worker.jobs where key = $1", [key])).rowCount;
};

test("what was archived while it was held is not mailed; what was filed from the start is", async () => {
  await hold([
    { userId: "ada", archivedAt: inHours(-1) },
    { userId: "ben", archivedAt: new Date("2026-07-01T22:00:00Z") },
  ]);
  await run();
  expect(await rowsOf("ada")).toMatchObject([{ status: "read_first", rule: "archived" }]);
  expect(await rowsOf("ben")).toMatchObject([{ status: "queued", rule: "released" }]);
});

test("what was snoozed while it was held waits until it is back, and others go without it", async () => {
  const back = inHours(2);
  await hold([{ userId: "ada", snoozedUntil: back }, { userId: "ada" }, { userId: "ada", snoozedUntil: inHours(-1) }]);
  await run();
  expect(await rowsOf("ada")).toMatchObject([
    { status: "held", rule: "snoozed", heldUntil: back, digestId: null },
    { status: "folded" },
    { status: "folded" },
    { kind: "digest", status: "queued" },
  ]);
  expect(await jobsAt(back)).toBe(1);
  await run(back);
  expect((await rowsOf("ada"))[0]).toMatchObject({ status: "queued", rule: "released" });
});

test.each([
  ["is back before its time", undefined],
  ["is snoozed for less", { until: inHours(1).toISOString() }],
])("the mail of one that %s is judged anew", async (_, body) => {
  const until = inHours(5);
  const [id] = await notify(db, tenant.tenantId, [{ userId: "ada", email: "ada@example.com" }]);
  const snooze = (said?: object) => tenant.as("ada")("PUT", `/Notifications/${id}/snooze`, said);
  await snooze({ until: until.toISOString() });
  const onError = (error: unknown) => {
    throw error;
  };
  await new Planner({ db, consumers: [planDeliveries], onError }).plan(tenant.tenantId);
  expect(await rowsOf("ada")).toMatchObject([{ status: "held", rule: "snoozed", heldUntil: until }]);
  await snooze({ until: inHours(6).toISOString() });
  expect(await rowsOf("ada")).toMatchObject([{ heldUntil: until }]);
  expect((await snooze(body)).status).toBe(200);
  const [row] = await rowsOf("ada");
  expect(await jobsAt(row?.heldUntil ?? until)).toBe(1);
  await run();
  const after = body ? { status: "held", rule: "snoozed", heldUntil: new Date(body.until) } : { status: "queued" };
  expect(await rowsOf("ada")).toMatchObject([after]);
});

test("the mail of what was snoozed, archived and taken out again waits for nothing", async () => {
  const [id] = await notify(db, tenant.tenantId, [{ userId: "ada", email: "ada@example.com" }]);
  const ask = (path: string, body: object) => tenant.as("ada")("PUT", `/Notifications/${id}/${path}`, body);
  await ask("snooze", { until: inHours(5).toISOString() });
  const onError = (error: unknown) => {
    throw error;
  };
  await new Planner({ db, consumers: [planDeliveries], onError }).plan(tenant.tenantId);
  await ask("archive", { archived: true });
  expect(await rowsOf("ada")).toMatchObject([{ status: "held", rule: "snoozed" }]);
  await ask("archive", { archived: false });
  await run();
  expect(await rowsOf("ada")).toMatchObject([{ status: "queued" }]);
});

test.each([
  ["some", 1, undefined, 1],
  ["all", 2, { status: "cancelled", rule: "snoozed" }, 0],
])("of a digest that has not gone out, what was snoozed waits by itself: %s of it", async (_, count, end, left) => {
  const ids = await hold([{ userId: "ada" }, { userId: "ada" }]);
  await run();
  const back = inHours(3);
  await owner.query("update notifications set snoozed_until = $1 where id = any ($2)", [back, ids.slice(0, count)]);
  await owner.query("update deliveries set created_at = now() - interval '1 hour' where tenant_id = $1", [
    tenant.tenantId,
  ]);
  const mail = await claimMail(db.pool, tenant.tenantId);
  if (!mail) throw new Error("there is no digest");
  const said = await rewriteDigest(db, tenant.tenantId, mail);
  if (end) expect(said).toMatchObject({ ...end, outcome: "stopped" });
  else expect(said).toBeUndefined();
  expect((mail.mail as { items: unknown[] }).items).toHaveLength(left);
  const waiting = (await rowsOf("ada")).filter(({ rule }) => rule === "snoozed");
  expect(waiting).toHaveLength(count);
  for (const row of waiting) expect(row).toMatchObject({ status: "held", heldUntil: back, digestId: null });
  expect(await jobsAt(back)).toBe(1);
});

test.each([
  ["some", 1, undefined, ["expired", "folded"]],
  ["all", 2, { status: "expired", rule: "expired" }, ["expired", "expired"]],
])("of a digest that has not gone out, what has expired is told as expired: %s of it", async (_, count, end, items) => {
  const ids = await hold([{ userId: "ada" }, { userId: "ada" }]);
  await run();
  await owner.query("update notifications set expires_at = $1 where id = any ($2)", [inHours(-1), ids.slice(0, count)]);
  await settleDue(db, tenant.tenantId, Date.now());
  const mail = await claimMail(db.pool, tenant.tenantId);
  if (!mail) throw new Error("there is no digest");
  const said = await rewriteDigest(db, tenant.tenantId, mail);
  if (end) expect(said).toMatchObject({ ...end, outcome: "stopped" });
  else expect(said).toBeUndefined();
  const found = (await rowsOf("ada")).filter(({ kind }) => kind === "notification");
  expect(found.map(({ status }) => status)).toEqual(items);
});
