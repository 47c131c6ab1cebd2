import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { authenticate } from "../../auth/authenticate.ts";
import { TenantSecurity } from "../../auth/tenant-security.ts";
import { type Database, openDatabase } from "../../persistence/database.ts";
import { projectRoot } from "../../persistence/project-root.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/postgres.ts";
import { testSecret } from "../../testing/stack.ts";
import { createTenant } from "./make-tenant.ts";

let database: TestDatabase;
let db: Database;
let security: TenantSecurity;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase({ url: database.runtimeUrl });
  security = new TenantSecurity({ db, authSecret: testSecret, allowPrivateNetworks: false });
});
afterAll(async () => {
  await security.close();
  await db.close();
  await database.drop();
});

describe("createTenant", () => {
  test("makes the tenant, its log with an epoch of its own, its issuer and two keys", async () => {
    const [one, two] = [
      await createTenant(db, testSecret, { id: "one", name: "One", demo: true }),
      await createTenant(db, testSecret, { id: "two", name: "Two" }),
    ];
    const logs = await Promise.all([one, two].map(({ tenantId }) => db.forTenant(tenantId).tenantLog.findFirst()));
    expect(logs.map((log) => [log?.position, log?.floor])).toEqual([
      [0n, 0n],
      [0n, 0n],
    ]);
    expect(logs[0]?.epoch).not.toBe(logs[1]?.epoch);
    expect(await security.snapshot("one")).toMatchObject({
      demo: true,
      suspended: false,
      issuers: [{ kind: "internal", issuer: "parley:one" }],
    });
    expect(await security.snapshot("two")).toMatchObject({ demo: false });
    expect(new Set([one.primaryKey, one.secondaryKey, two.primaryKey, two.secondaryKey]).size).toBe(4);
  });

  test("makes all of it or nothing", async () => {
    await expect(createTenant(db, testSecret, { id: "one", name: "Again" })).rejects.toMatchObject({
      code: "conflict",
    });
    for (const tenant of [
      { id: "Three", name: "x" },
      { id: "installation", name: "x" },
      { id: "three", name: "" },
    ]) {
      await expect(createTenant(db, testSecret, tenant)).rejects.toMatchObject({ code: "invalid" });
    }
    expect(await security.snapshot("three")).toBeUndefined();
  });
});

describe("npm run tenant", () => {
  const run = (...args: string[]) => {
    const env = {
      PATH: process.env.PATH,
      NODE_ENV: "production",
      DATABASE_URL: database.ownerUrl,
      AUTH_SECRET: testSecret,
    } as const;
    return promisify(execFile)(process.execPath, ["--import", "tsx", "scripts/tenant.ts", ...args], {
      cwd: projectRoot(),
      env,
    });
  };

  test("prints an id and a key that work in the service beside it", { timeout: 60_000 }, async () => {
    const { stdout, stderr } = await run("create", "by-hand", "--name", "By hand", "--owner", "ada@example.com");
    expect(stderr).toBe("");
    expect(/^Tenant id: +(.+)$/m.exec(stdout)?.[1]).toBe("by-hand");
    const apiKey = /^Primary key: +(.+)$/m.exec(stdout)?.[1] ?? "";
    expect(await authenticate(security, { tenant: "by-hand", apiKey })).toMatchObject({
      kind: "key",
      tenantId: "by-hand",
    });
  });

  test("says in a line what is wrong, and fails", { timeout: 60_000 }, async () => {
    const failed = await run("create", "one").catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 1, stdout: "", stderr: "There is a tenant of that id\n" });
  });
});
