import { setTimeout as sleep } from "node:timers/promises";
import type { Pool } from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { mintTenantId, type TenantId } from "../auth/principal.ts";
import { createTestDatabase, type TestDatabase } from "../testing/postgres.ts";
import type { PrismaClient } from "./generated/client.ts";
import { createPool } from "./pool.ts";
import { createPrisma, tenantClient, tenantTransaction, withoutCalls } from "./prisma.ts";

const [acme, globex] = [mintTenantId("acme"), mintTenantId("globex")];

let database: TestDatabase;
let pool: Pool;
let prisma: PrismaClient;

beforeAll(async () => {
  database = await createTestDatabase();
  // One connection: whatever a tenant leaves behind on it, the next one would find.
  pool = createPool({ url: database.runtimeUrl, max: 1, name: "prisma test", log: pino({ level: "silent" }) });
  prisma = createPrisma(pool);
});
afterAll(async () => {
  await prisma.$disconnect();
  await pool.end();
  await database.drop();
});

describe("tenantClient", () => {
  test("reads and writes as its tenant, and nothing of it stays on the connection", async () => {
    await tenantClient(prisma, acme).user.create({ data: { tenantId: acme, id: "ann", displayName: "Ann" } });
    await tenantClient(prisma, globex).user.create({ data: { tenantId: globex, id: "ben" } });
    expect(await tenantClient(prisma, acme).user.findMany({ select: { id: true } })).toEqual([{ id: "ann" }]);
    expect(await tenantClient(prisma, acme).user.count({ where: { tenantId: globex } })).toBe(0);
    expect(await prisma.user.count()).toBe(0);
    expect(
      (await pool.query("select current_setting('app.tenant', true) as tenant")).rows[0].tenant || null,
    ).toBeNull();
  });

  test("raw queries are behind the same wall", async () => {
    const client = tenantClient(prisma, acme);
    expect(await client.$queryRaw`select id from users`).toEqual([{ id: "ann" }]);
    expect(await client.$executeRaw`update users set locale = 'de'`).toBe(1);
  });

  test("writing a row of another tenant is refused", async () => {
    const stray = tenantClient(prisma, acme).user.create({ data: { tenantId: globex, id: "eve" } });
    await expect(stray).rejects.toThrow("row-level security");
    expect(await tenantClient(prisma, globex).user.count({ where: { id: "eve" } })).toBe(0);
  });

  test("a failing operation is reported as Prisma does, and leaves the connection usable", async () => {
    const twice = tenantClient(prisma, acme).user.create({ data: { tenantId: acme, id: "ann" } });
    await expect(twice).rejects.toMatchObject({ code: "P2002" });
    expect(await tenantClient(prisma, acme).user.count()).toBe(1);
  });
});

test("an error that is logged shows no value of the call", async () => {
  const data = { tenantId: acme, id: "fay", displayName: 's3cr3t "}\n\n', createdAt: "no time, s3cr3t" };
  const error = await tenantClient(prisma, acme)
    .user.create({ data })
    .catch((error: Error) => error);
  let line = "";
  const write = (text: string) => {
    line += text;
  };
  const log = pino({ hooks: { streamWrite: withoutCalls } }, { write });
  log.error({ err: new AggregateError([error, new Error("no", { cause: error })]) });
  expect(line.match(/Invalid value for argument `createdAt`/g)?.length).toBeGreaterThan(2);
  expect(JSON.parse(line)).toHaveProperty("err");
  expect(line).not.toContain("s3cr3t");
});

describe("tenantTransaction", () => {
  test("is READ COMMITTED, as its tenant, and all of it or nothing", async () => {
    const failing = tenantTransaction(prisma, acme, async (tx) => {
      await tx.user.create({ data: { tenantId: acme, id: "cat" } });
      expect(await tx.$queryRaw`show transaction_isolation`).toEqual([{ transaction_isolation: "read committed" }]);
      expect(await tx.user.findMany({ select: { id: true }, orderBy: { id: "asc" } })).toEqual([
        { id: "ann" },
        { id: "cat" },
      ]);
      throw new Error("changed my mind");
    });
    await expect(failing).rejects.toThrow("changed my mind");
    expect(await tenantClient(prisma, acme).user.count()).toBe(1);
  });

  test("its begin and its tenant are one message, and nothing is sent of one that does nothing", async () => {
    const client = await pool.connect();
    client.release();
    const sent = vi.spyOn(client, "query");
    await tenantTransaction(prisma, acme, (tx) => tx.user.count());
    const texts = sent.mock.calls.map(([query]) => (query as { text?: string }).text ?? query);
    await prisma.$transaction(async () => {});
    expect(sent).toHaveBeenCalledTimes(3);
    await prisma.$transaction((tx) => tx.user.count(), { isolationLevel: "Serializable" });
    sent.mockRestore();
    expect(texts).toEqual([
      "begin; select set_config('app.tenant', 'acme', true)",
      expect.stringContaining("COUNT"),
      "COMMIT",
    ]);
  });

  test("a tenant's name is nothing but a name", async () => {
    const odd = "a'b\\'; drop table users; --" as TenantId;
    const [row] = await tenantClient(prisma, odd).$queryRaw<[{ tenant: string }]>`
      select current_setting('app.tenant') as tenant`;
    expect(row.tenant).toBe(odd);
  });

  test("ends at its time-out", async () => {
    // Both times pass on the same clock, so that they end in their order also when the machine stalls.
    const slow = tenantTransaction(prisma, acme, (tx) => sleep(1000).then(() => tx.user.count()), { timeout: 200 });
    await expect(slow).rejects.toMatchObject({ code: "P2028" });
  });
});
