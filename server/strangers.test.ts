import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { admit } from "./access.ts";
import { forgeToken } from "./testing/credentials.ts";
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

test.each([
  ["REST", "/tenant/acme/v1/Chat"],
  ["tRPC", "/api/trpc/chats.list"],
])("a token over %s whose tenant is no text is refused as any other, and not without end", async (_, path) => {
  vi.setSystemTime(Date.now() + 60_000); // what others have spent is there again
  const authorization = `Bearer ${forgeToken({ alg: "HS256" }, { tenantId: { toString: 1 } })}`;
  const statuses = new Set<number>();
  for (let i = 0; i < 150; i++) statuses.add((await fetch(stack.url + path, { headers: { authorization } })).status);
  expect([...statuses]).toEqual([403, 429]);
});

test("an address that makes a check fail in whatever way runs out of tries", async () => {
  const from = { tenant: tenant.tenantId, ip: "192.0.2.7" };
  const tries = Array.from({ length: 150 }, () =>
    admit(stack.api.services, from, () => {
      throw new TypeError("a fault of ours");
    }).catch((error) => error.code ?? error.name),
  );
  expect(new Set(await Promise.all(tries))).toEqual(new Set(["TypeError", "rate_limited"]));
});
