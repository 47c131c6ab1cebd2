import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Stack, startStack, type TestTenant } from "../testing/stack.ts";
import { DueLoop } from "./due-loop.ts";

let stack: Stack;
let owner: pg.Client;

beforeAll(async () => {
  stack = await startStack();
  owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await stack.close();
});

const said = { userId: "ada", subject: "s", message: "m" };

/** So many notifications whose time has come, and none of which a worker has seen. */
async function makeDue({ tenantId, key }: TestTenant, count: number): Promise<void> {
  const body = { ...said, scheduledFor: "2990-01-01T00:00:00Z" };
  const { id } = (await key()<{ id: string }>("POST", "/Notifications", body)).body;
  await owner.query(
    `insert into notifications select (jsonb_populate_record(n, jsonb_build_object('id', gen_random_uuid()))).*
     from notifications n, generate_series(2, $2::int) where n.id = $1`,
    [id, count],
  );
  await owner.query("update notifications set scheduled_for = now() where tenant_id = $1 and status = 'scheduled'", [
    tenantId,
  ]);
  await owner.query("update tenant_dues set due_at = now() where tenant_id = $1", [tenantId]);
}

interface Step {
  of: string;
  rows: number;
  began: number;
  ended: number;
}

test("what comes at its time in one tenant comes little by little while others write there, and keeps no other tenant waiting", async () => {
  const [busy, other] = await Promise.all([stack.tenant("busy"), stack.tenant("other")]);
  const { db } = stack.api.services;
  const steps: Step[] = [];
  const ofBusy = () => steps.filter(({ of }) => of === busy.tenantId);
  const { query } = db.pool;
  const spy = vi.spyOn(db.pool, "query").mockImplementation((async (...asked: Parameters<typeof query>) => {
    const { name, values: [of, input] = [] } = asked[0] as unknown as { name?: string; values?: string[] };
    if (!name?.startsWith("settle_notifications_") || !of || !input) return query.apply(db.pool, asked);
    const step = { of, rows: JSON.parse(input).length, began: performance.now(), ended: Number.POSITIVE_INFINITY };
    steps.push(step);
    if (of === busy.tenantId && ofBusy().length <= 4) {
      expect(await busy.key()("POST", "/Notifications", said)).toMatchObject({ status: 201 });
      if (ofBusy().length === 2) await makeDue(other, 1);
      await sleep(100); // a step that takes long
    }
    const answer = await query.apply(db.pool, asked);
    step.ended = performance.now();
    return answer;
  }) as never);
  await makeDue(busy, 1500);
  const loop = new DueLoop({ db, onError: () => {}, pause: 20 });
  const left = "select from notifications where status = 'scheduled'";
  await expect.poll(async () => (await owner.query(left)).rowCount, { timeout: 50_000 }).toBe(0);
  await loop.close();
  spy.mockRestore();

  const [first, second, third, fourth, fifth, ...alone] = ofBusy();
  expect([first, second, third, fourth, fifth].map((step) => step?.rows)).toEqual([100, 500, 100, 100, 100]);
  for (const [one, next] of [
    [second, third],
    [third, fourth],
    [fourth, fifth],
  ])
    expect((next?.began ?? 0) - (one?.ended ?? 0)).toBeGreaterThan(300);
  expect(alone[0]?.rows).toBe(500);
  const others = steps.findIndex(({ of }) => of === other.tenantId);
  expect(others).toBeGreaterThan(0);
  expect(others).toBeLessThan(steps.indexOf(third as Step));
}, 60_000);
