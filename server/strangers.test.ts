import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Stack, startStack, type TestTenant } from "./testing/stack.ts";

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ["Date"] }); // no address is given new calls while a busy machine makes these
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(async () => {
  await stack.close();
  vi.useRealTimers();
});

/** Round trips to the database while something happens. */
async function readsDuring(work: () => Promise<unknown>): Promise<number> {
  const { pool } = stack.api.services.db;
  const query = pool.query;
  let reads = 0;
  pool.query = ((...args: Parameters<typeof query>) => {
    reads++;
    return query.apply(pool, args);
  }) as typeof query;
  await work();
  pool.query = query;
  return reads;
}

test("an address that asks for tenant after tenant stops costing the database anything; who has a credential passes", async () => {
  await tenant.as("ada")("GET", "/Chat"); // known from here on
  const stranger = (i: number) =>
    fetch(`${stack.url}/tenant/nobody-${i}/v1/Chat`, { headers: { "x-api-key": "wrong" } });
  const preflight = (i: number) =>
    fetch(`${stack.url}/tenant/nowhere-${i}/v1/Chat`, {
      method: "OPTIONS",
      headers: { origin: "http://x.example", "access-control-request-method": "GET" },
    });
  for (let i = 0; i < 150; i++) await stranger(i);
  const statuses: number[] = [];
  const reads = await readsDuring(async () => {
    for (let i = 1000; i < 1100; i++) {
      statuses.push((await stranger(i)).status);
      await preflight(i);
    }
  });
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(50);
  expect(reads).toBeLessThan(120);
  expect((await tenant.as("ada")("GET", "/Chat")).status).toBe(200);
});
