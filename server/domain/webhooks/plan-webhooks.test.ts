import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Planner } from "../../log/planner.ts";
import { type Database, openDatabase } from "../../persistence/database.ts";
import { tenantTransaction } from "../../persistence/prisma.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/postgres.ts";
import { createTenant } from "../tenants/make-tenant.ts";
import { insertWebhookDeliveries } from "./delivery-store.ts";
import { planWebhooks } from "./plan-webhooks.ts";
import { allWebhookJobs } from "./store.ts";

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase({ url: database.runtimeUrl });
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const fail = (error: unknown) => {
  throw error;
};

test("what a busy log has for many endpoints is written by one statement, so that it keeps nobody else's effects waiting", async () => {
  const { tenantId } = await createTenant(db, "secret", { id: "busy", name: "Busy" });
  const endpoints = Array.from({ length: 15 }, () => randomUUID());
  const rows = endpoints.map((id) => ({ tenantId, id, url: "https://example.com", secret: "s", fromPosition: 0n }));
  await db.forTenant(tenantId).webhookEndpoint.createMany({ data: rows });
  const chatId = randomUUID();
  for (let half = 0; half < 2; half++)
    await unitOfWork(db, tenantId, async ({ lockHead, emit }) => {
      await lockHead();
      for (let seq = 1; seq <= 450; seq++) emit({ type: "message.created", chatId, seq, payload: { chatId } });
      for (let i = 0; i < 50; i++) emit({ type: "notification.created", userId: "ada", payload: {} });
    });
  const asked = vi.spyOn(pg.Client.prototype, "query");
  await new Planner({ db, consumers: [planWebhooks], onError: fail }).plan(tenantId);
  const writes = asked.mock.calls.filter(([what]) => /insert into .*webhook_deliveries/is.test(textOf(what)));
  asked.mockRestore();
  expect(writes).toHaveLength(1);
  const lanes = await db.forTenant(tenantId).webhookDelivery.groupBy({
    by: ["endpointId", "type", "chatId", "lane", "status"],
    where: { tenantId },
    _count: true,
  });
  expect(lanes).toHaveLength(2 * endpoints.length);
  for (const lane of lanes)
    expect(lane).toMatchObject(
      lane.chatId === null ? { lane: "ada", _count: 100, status: "queued" } : { chatId, lane: chatId, _count: 900 },
    );
});

test.each([
  ["hang", { claimed: 4, since: 5, openUntil: null }, "second"],
  ["are let be", { claimed: 0, since: 0, openUntil: new Date("2099-01-01") }, "second"],
  // Requests that were begun a moment ago, and are so until the test is over.
  ["answer at once", { claimed: 4, since: -600, openUntil: null }, "plan"],
  ["have a request to spare", { claimed: 3, since: 5, openUntil: null }, "plan"],
])(
  "fifty endpoints that %s are asked for by a job a second or a job a plan",
  async (_name, { claimed, since, openUntil }, each) => {
    const { tenantId } = await createTenant(db, "secret", { id: `slow-${claimed}-${since}`, name: "Slow" });
    const endpoints = Array.from({ length: 50 }, () => randomUUID());
    const rows = endpoints.map((id) => ({
      tenantId,
      id,
      url: "https://example.com",
      secret: "s",
      fromPosition: 0n,
      openUntil,
    }));
    await db.forTenant(tenantId).webhookEndpoint.createMany({ data: rows });
    const owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
    await owner.query(
      `insert into webhook_deliveries (tenant_id, id, endpoint_id, position, epoch, type, lane, status, due_at, claimed_until, updated_at)
     select $1, gen_random_uuid(), e, null, 1, 'x', '', 'queued', now(), now() + make_interval(secs => 60 - $4::int), now()
     from unnest($2::uuid[]) e, generate_series(1, $3::int)`,
      [tenantId, endpoints, claimed, since],
    );
    await owner.query("delete from graphile_worker._private_jobs");
    const made: string[] = [];
    const plans = 20;
    const work = async (which = "") => {
      const gone = await owner.query<{ key: string }>(
        `delete from graphile_worker._private_jobs ${which} returning key`,
      );
      made.push(...gone.rows.map(({ key }) => key));
    };
    const planner = new Planner({ db, consumers: [planWebhooks], onError: fail });
    for (let plan = 0; plan < plans; plan++) {
      await unitOfWork(db, tenantId, async ({ lockHead, emit }) => {
        await lockHead();
        emit({ type: "notification.created", userId: "ada", payload: {} });
      });
      await planner.plan(tenantId);
      // What is due is worked before the next plan.
      await work("where run_at <= now()");
    }
    await work();
    await owner.end();
    console.info(`${made.length} jobs of ${plans} plans for ${endpoints.length} endpoints`);
    // A key that names its second, and none of them twice: however long the plans take.
    const ofSeconds = new Set(made.filter((key) => /:\d+$/.test(key))).size;
    if (each === "plan") expect([made.length, ofSeconds]).toEqual([plans * endpoints.length, 0]);
    else expect(ofSeconds).toBe(made.length);
  },
);

function textOf(what: unknown): string {
  return typeof what === "string" ? what : (what as { text: string }).text;
}

test("all that waits of a tenant that goes on is come for, also of endpoints that are disabled or gone", async () => {
  const { tenantId } = await createTenant(db, "secret", { id: "back", name: "Back" });
  const ids = { active: randomUUID(), disabled: randomUUID(), gone: randomUUID(), idle: randomUUID() };
  const endpoint = { tenantId, url: "https://example.com", secret: "s", fromPosition: 0n };
  const rows = [
    { ...endpoint, id: ids.active },
    { ...endpoint, id: ids.idle },
    { ...endpoint, id: ids.disabled, state: "disabled" },
  ];
  await db.forTenant(tenantId).webhookEndpoint.createMany({ data: rows });
  const event = { type: "chat.deleted" as const, userId: "ada", payload: {} };
  const news = [ids.active, ids.disabled, ids.gone].flatMap((endpointId) =>
    [1, 2].map((position) => ({ endpointId, event: { ...event, position }, status: "queued" as const, epoch: 1 })),
  );
  const jobs = await tenantTransaction(db.prisma, tenantId, async (tx) => {
    await insertWebhookDeliveries(tx, tenantId, news);
    return await allWebhookJobs(tx, tenantId);
  });
  const asked = jobs.map(({ payload }) => payload.endpointId);
  expect(asked.toSorted()).toEqual([ids.active, ids.disabled, ids.gone].toSorted());
});
