import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { asInstallation, joinTenant } from "../domain/persons/store.ts";
import { type AuthBench, startAuthBench } from "../testing/auth-bench.ts";
import { makeOperator } from "../testing/console.ts";
import { testSecret } from "../testing/stack.ts";
import { mintTenantId } from "./principal.ts";
import { Sessions } from "./sessions.ts";

let bench: AuthBench;
let ahead = 0;
let sessions: Sessions;

beforeAll(async () => {
  bench = await startAuthBench();
  for (const id of ["acme", "globex"]) await bench.tenant(id);
  sessions = new Sessions(bench.db, testSecret, () => 1_000_000 + ahead);
});
afterAll(() => bench.close());

test("who has just been given a tenant is its operator, also where the session was read a moment before", async () => {
  const { personId, session } = await makeOperator(bench.db, testSecret, undefined);
  await sessions.person(session);
  await asInstallation(bench.db, (tx) => joinTenant(tx, personId, { tenantId: mintTenantId("acme"), role: "admin" }));
  ahead += 100;
  expect(await sessions.operator(session, "acme")).toMatchObject({ tenantId: "acme", role: "admin" });
});

test("who asks for a tenant of others again and again costs ten looks a second at most", async () => {
  const { session } = await makeOperator(bench.db, testSecret, { tenantId: mintTenantId("acme"), role: "admin" });
  const reads = vi.spyOn(bench.db.pool, "query");
  const ask = () => expect(sessions.operator(session, "globex")).rejects.toMatchObject({ code: "forbidden" });
  const counts: number[] = [];
  for (const later of [0, 0, 99, 1, 0, 100]) {
    ahead += later;
    await Promise.all(Array.from({ length: 5 }, ask));
    counts.push(reads.mock.calls.length);
  }
  reads.mockRestore();
  expect(counts).toEqual([1, 1, 1, 2, 2, 3]);
});
