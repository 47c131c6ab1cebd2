import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Planner } from "../../log/planner.ts";
import { type Database, openDatabase } from "../../persistence/database.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/postgres.ts";
import { createTenant } from "../tenants/make-tenant.ts";
import { planWebhooks } from "./plan-webhooks.ts";

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

function textOf(what: unknown): string {
  return typeof what === "string" ? what : (what as { text: string }).text;
}
