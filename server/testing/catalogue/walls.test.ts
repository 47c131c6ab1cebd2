import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { DomainError } from "../../errors.ts";
import { type Database, openDatabase } from "../../persistence/database.ts";
import { tenantTransaction } from "../../persistence/prisma.ts";
import { projectRoot } from "../../persistence/project-root.ts";
import { type Stack, startStack, type TestTenant } from "../stack.ts";
import { own, refused } from "./intruder.ts";
import { changedTables, listTables, TENANTLESS, takeFingerprint } from "./rows.ts";
import { storeRows } from "./stores.ts";
import { makeSide, type Side } from "./world.ts";

// The walls between tenants, each alone. The first, that a tenant id is no string, is in types.test-d.ts.

let stack: Stack;
let acme: Side;
let globex: TestTenant;
let owner: Client;

beforeAll(async () => {
  stack = await startStack();
  [acme, globex] = [await makeSide(stack, "acme"), await stack.tenant("globex")];
  await acme.tenant.as("ada")("POST", "/Chat", { kind: "direct", memberUserIds: ["ben"] });
  await stack.api.services.security.close(); // nothing is written beside the calls from now on
  owner = new Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await stack.close();
});

describe("what stores ask for, with row-level security out of the way", () => {
  let db: Database;
  beforeAll(() => {
    db = openDatabase({ url: stack.database.ownerUrl, name: "walls" });
  });
  afterAll(() => db.close());
  // What a call may write in its own tenant, the next one shall not find.
  afterEach(async () => {
    for (const table of ["members", "membership_spans"])
      await owner.query(`delete from ${table} where tenant_id = 'globex'`);
  });

  test("every function of every store has a row", () => {
    const all = readdirSync(join(projectRoot(), "server"), { recursive: true }).map(String);
    const files = all.filter((file) => /(^|[/-])store\.ts$/.test(file) && !file.startsWith("testing/"));
    expect(files.toSorted()).toEqual(Object.keys(storeRows).toSorted());
    for (const [file, { module, rows }] of Object.entries(storeRows)) {
      const functions = Object.entries(module).filter(([, value]) => typeof value === "function");
      expect(functions.map(([name]) => name).toSorted(), file).toEqual(Object.keys(rows).toSorted());
    }
  });

  const calls = Object.entries(storeRows).flatMap(([file, { rows }]) =>
    Object.entries(rows).flatMap(([name, row]) =>
      Array.isArray(row) ? [{ file, name, call: row[0], gives: row[1] }] : [],
    ),
  );

  test.each(calls)("$file: $name finds nothing of another tenant", async ({ call, gives }) => {
    const mine = globex.tenantId;
    const before = await takeFingerprint(owner, acme.tenantId, { everything: true });
    const answer = await tenantTransaction(db.prisma, mine, async (tx) =>
      call({ db, tx, mine, theirs: acme.ids, other: acme.tenantId }),
    ).catch((error: unknown) => asRefusal(error));
    expectNothingOf(acme, answer);
    if (gives !== own) expect(answer).toEqual(gives);
    expect(changedTables(before, await takeFingerprint(owner, acme.tenantId, { everything: true }))).toEqual([]);
  });
});

describe("row-level security, with no code in the way", () => {
  let runtime: Client;
  beforeAll(async () => {
    runtime = new Client({ connectionString: stack.database.runtimeUrl });
    await runtime.connect();
  });
  afterAll(() => runtime.end());

  const intruders: [string, string | undefined][] = [
    ["another tenant", "globex"],
    ["no tenant", undefined],
    ["an empty one", ""],
  ];
  test.each(intruders)("shows and changes nothing for %s", async (_, tenant) => {
    const touched = [];
    for (const { name, tenant: column } of await listTables(owner, TENANTLESS)) {
      const where = `where ${column} = 'acme'`;
      if ((await owner.query(`select 1 from ${name} ${where} limit 1`)).rowCount) touched.push(name);
      for (const sql of [
        `select 1 from ${name} ${where}`,
        `update ${name} set ${column} = ${column} ${where}`,
        `delete from ${name} ${where}`,
      ])
        expect([sql, (await asTenant(tenant, sql)).rowCount]).toEqual([sql, 0]);
    }
    // Most tables have rows of it that could have been seen.
    expect(touched.length).toBeGreaterThan(10);
  });

  async function asTenant(tenant: string | undefined, sql: string) {
    await runtime.query("begin");
    try {
      if (tenant !== undefined) await runtime.query("select set_config('app.tenant', $1, true)", [tenant]);
      return await runtime.query(sql);
    } finally {
      await runtime.query("rollback");
    }
  }
});

function asRefusal(error: unknown): typeof refused {
  const { code } = error as { code?: string };
  // P2025 is Prisma's word for a row that is not there.
  if ((error instanceof DomainError && code === "not_found") || code === "P2025") return refused;
  throw error;
}

/** No id of what the tenant has, and not its name, which every row of it carries. */
function expectNothingOf({ tenantId, ids }: Side, answer: unknown): void {
  const text =
    JSON.stringify(answer, (_, value) =>
      value instanceof Map ? [...value] : typeof value === "bigint" ? String(value) : value,
    ) ?? "";
  for (const part of [tenantId, ...Object.values(ids)]) expect(text).not.toContain(part);
}
