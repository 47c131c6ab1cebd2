import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TenantId } from "../auth/principal.ts";
import { createTenant } from "../domain/tenants/make-tenant.ts";
import { DomainError } from "../errors.ts";
import type { LogEvent } from "../events.ts";
import { createTestDatabase, type TestDatabase } from "../testing/postgres.ts";
import { type Database, openDatabase } from "./database.ts";
import type { LaneKind } from "./lane.ts";

let database: TestDatabase;
let db: Database;
let tenantId: TenantId;
let other: TenantId;
const committed: LogEvent[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase({ url: database.runtimeUrl, lanes: { settleFor: 1500 } });
  ({ tenantId } = await createTenant(db, "secret", { id: "one", name: "One" }));
  ({ tenantId: other } = await createTenant(db, "secret", { id: "two", name: "Two" }));
  db.onCommit((_tenant, events) => void committed.push(...events));
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

interface Seen {
  tenantId: TenantId;
  inputs: number[];
}

/** A kind that writes nothing but is flushed by real statements; a negative input aborts the statement. */
function numbers(seen: Seen[], work = "select 1"): LaneKind<number, number> {
  return {
    name: "numbers",
    size: () => 1,
    async flush(client, tenant, inputs) {
      seen.push({ tenantId: tenant, inputs });
      await client.query(work);
      if (inputs.some((input) => input < 0)) await client.query("select 1/0");
      return { results: inputs.map((input) => (input === 13 ? new DomainError("conflict") : input * 2)), events: [] };
    },
  };
}

/** Statements that are at it until they are let go. */
async function hanging(): Promise<{ work: string; letGo(): Promise<void> }> {
  const client = new Client({ connectionString: database.ownerUrl });
  await client.connect();
  await client.query("select pg_advisory_lock(7)");
  return { work: "select pg_advisory_xact_lock(7)", letGo: () => client.end() };
}

test("what arrives while a flush is in flight is the next batch; each gets its own answer", async () => {
  const seen: Seen[] = [];
  const { work, letGo } = await hanging();
  const kind = numbers(seen, work);
  const first = db.lanes.submit(kind, tenantId, 1);
  await expect.poll(() => seen.length).toBe(1);
  const rest = Promise.allSettled([2, 13, 4].map((input) => db.lanes.submit(kind, tenantId, input)));
  await letGo();
  expect(await first).toBe(2);
  const results = await rest;
  expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(seen.map((batch) => batch.inputs)).toEqual([[1], [2, 13, 4]]);
});

test("a batch holds one tenant, and a slow tenant does not hold another up", async () => {
  const seen: Seen[] = [];
  const { work, letGo } = await hanging();
  const slow = db.lanes.submit(numbers(seen, work), tenantId, 1);
  expect(await db.lanes.submit(numbers(seen), other, 2)).toBe(4);
  await letGo();
  expect(await slow).toBe(2);
  expect(seen.every((batch) => batch.inputs.length === 1)).toBe(true);
});

test("an input that aborts the statement fails alone", async () => {
  const seen: Seen[] = [];
  const kind = numbers(seen);
  const results = await Promise.allSettled(
    Array.from({ length: 64 }, (_, i) => db.lanes.submit(kind, tenantId, i === 40 ? -1 : i + 100)),
  );
  expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(63);
  const batches = seen.map((batch) => batch.inputs.join());
  expect(new Set(batches).size).toBe(batches.length);
});

test("a full lane refuses at once", async () => {
  const seen: Seen[] = [];
  const { work, letGo } = await hanging();
  const kind = numbers(seen, work);
  const first = db.lanes.submit(kind, tenantId, 1);
  await expect.poll(() => seen.length).toBe(1);
  const many = Array.from({ length: 2100 }, (_, i) => db.lanes.submit(kind, tenantId, i + 100));
  const settled = Promise.allSettled(many);
  await letGo();
  const results = await settled;
  const refused = results.filter((result) => result.status === "rejected");
  expect(refused).toHaveLength(100);
  expect(refused.every((result) => result.status === "rejected" && result.reason.code === "unavailable")).toBe(true);
  await first;
});

test("a flush whose connection dies is looked for, never sent again", async () => {
  let flushes = 0;
  const kind: LaneKind<string, string> = {
    name: "dying",
    size: () => 1,
    async flush(client, _tenant, inputs) {
      flushes++;
      await client.query("select pg_terminate_backend(pg_backend_pid())");
      return { results: inputs, events: [] };
    },
    settle: async (_pool, _tenant, inputs) => inputs.map((input) => (input === "there" ? "found" : undefined)),
  };
  const results = await Promise.allSettled(["there", "gone"].map((input) => db.lanes.submit(kind, tenantId, input)));
  expect(results[0]).toEqual({ status: "fulfilled", value: "found" });
  expect(results[1]).toMatchObject({ status: "rejected", reason: { code: "outcome-unknown" } });
  expect(flushes).toBe(1);
});

test("a flush is looked for no longer than it may be, also where nobody answers", async () => {
  const kind: LaneKind<string, string> = {
    name: "unheard",
    size: () => 1,
    async flush(client, _tenant, inputs) {
      await client.query("select pg_terminate_backend(pg_backend_pid())");
      return { results: inputs, events: [] };
    },
    settle: () => new Promise(() => {}),
  };
  await expect(db.lanes.submit(kind, tenantId, "lost")).rejects.toMatchObject({ code: "outcome-unknown" });
  expect(await db.lanes.submit(numbers([]), tenantId, 2)).toBe(4);
});

test("what waits too long is refused, also while every flush that may run hangs", async () => {
  const narrow = openDatabase({ url: database.runtimeUrl, lanes: { flushes: 1, laneAge: 300 } });
  const { work, letGo } = await hanging();
  const seen: Seen[] = [];
  const slow = narrow.lanes.submit(numbers(seen, work), tenantId, 1);
  await expect.poll(() => seen.length).toBe(1);
  await expect(narrow.lanes.submit(numbers([]), other, 2)).rejects.toMatchObject({ code: "unavailable" });
  await letGo();
  expect(await slow).toBe(2);
  await narrow.close();
});

test.each([
  ["that the server gives up on", "set statement_timeout = 50; select pg_sleep(5)"],
  ["for a server that takes no changes", "set transaction read only; delete from tenant_log where false"],
])(
  "a statement %s is nobody's fault: unavailable for all, and not tried again in halves",
  async (_which, statement) => {
    const seen: Seen[] = [];
    const kind = numbers(seen, statement);
    const results = await Promise.allSettled([1, 2, 3, 4].map((input) => db.lanes.submit(kind, tenantId, input)));
    for (const result of results) expect(result).toMatchObject({ status: "rejected", reason: { code: "unavailable" } });
    expect(seen).toHaveLength(1);
  },
);

test("inputs of a kind keep their order, whatever their size", async () => {
  const tight = openDatabase({ url: database.runtimeUrl, lanes: { batchBytes: 10 } });
  const seen: Seen[] = [];
  const kind = { ...numbers(seen), size: (input: number) => input };
  await Promise.all([6, 7, 1, 1, 9, 2].map((input) => tight.lanes.submit(kind, tenantId, input)));
  expect(seen.map((batch) => batch.inputs)).toEqual([[6], [7, 1, 1], [9], [2]]);
  await tight.close();
});
