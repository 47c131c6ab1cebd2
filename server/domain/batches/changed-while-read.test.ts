import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { comeBatch } from "../../testing/come-batch.ts";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { runBatch } from "./run-batch.ts";
import type { Batch } from "./schema.ts";

// A send to many that is changed when a run has read it and its first step is still to come. The clock is the test's.

const day = "2026-12-24";
const due = Date.parse(`${day}T09:00:00+14:00`);
let clock: number;
let stack: Stack;
let tenant: TestTenant;
let key: Caller;

beforeAll(async () => {
  stack = await startStack({}, () => clock);
  tenant = await stack.tenant("acme");
  key = tenant.key();
  await key("PUT", "/Users/ada/preferences", { categories: [{ type: "Gossip", inApp: "off" }] });
});
afterAll(() => stack.close());

const local = (time: string) => ({ scheduledForLocal: `${day}T${time}` });
const inUtc = (time: string) => new Date(`${day}T${time}Z`);
const atOnce = { scheduledFor: new Date(due).toISOString() };

test.each([
  ["is of another type", atOnce, { type: "Gossip" }, { status: "visible", isFiled: true }],
  ["says something else", atOnce, { subject: "Earlier" }, { subject: "Earlier", isFiled: false }],
  [
    "comes at another local time",
    local("09:00"),
    local("08:30"),
    { scheduledFor: inUtc("08:30"), status: "scheduled" },
  ],
  ["comes by each one's own clock now", atOnce, local("09:00"), { scheduledFor: inUtc("09:00"), status: "scheduled" }],
  ["comes for all at once now", local("09:00"), atOnce, { scheduledFor: new Date(due), scheduledLocal: null }],
  [
    "had another time before",
    atOnce,
    { scheduledFor: "2026-12-23T10:00:00Z" },
    { scheduledFor: new Date("2026-12-23T10:00Z") },
  ],
])("goes out as it was changed where it %s", async (_, times, change, expected) => {
  clock = due - 3_600_000;
  const { db } = stack.api.services;
  const said = { userIds: ["ada"], type: "Delay", subject: "Late", message: "Ten minutes", ...times };
  const { id } = (await key<Batch>("POST", "/Notifications/bulk", said)).body;
  clock = due;
  const { query } = db.pool;
  const spy = vi.spyOn(db.pool, "query").mockImplementation((async (...asked: Parameters<typeof query>) => {
    if (!(asked[0] as unknown as { name?: string }).name?.startsWith("batch_step_")) return query.apply(db.pool, asked);
    spy.mockRestore();
    expect(await key("PATCH", `/Notifications/batches/${id}`, change)).toMatchObject({ status: 200 });
    return query.apply(db.pool, asked);
  }) as never);
  await runBatch(db, tenant.tenantId, id, clock);
  await comeBatch(db, tenant.tenantId, id, clock);
  const [row, ...others] = await db.forTenant(tenant.tenantId).notification.findMany({ where: { batchId: id } });
  expect(others).toEqual([]);
  expect({ ...row, isFiled: row?.archivedAt !== null }).toMatchObject({ subject: "Late", ...expected });
});
