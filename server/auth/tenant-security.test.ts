import type { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MadeTenant } from "../domain/tenants/make-tenant.ts";
import { revokeUserTokens } from "../domain/users/store.ts";
import { tenantTransaction } from "../persistence/prisma.ts";
import { type AuthBench, startAuthBench } from "../testing/auth-bench.ts";
import { authenticate } from "./authenticate.ts";
import { mintTenantId } from "./principal.ts";
import type { TenantSecurity } from "./tenant-security.ts";

let bench: AuthBench;
let acme: MadeTenant;
/** The clock stands still but for what a test adds. */
const base = Date.now();
let ahead = 0;
let reads: unknown[][] = [];

beforeAll(async () => {
  bench = await startAuthBench({ now: () => base + ahead });
  acme = await bench.tenant("acme");
  countReads(bench.db.pool);
});
afterAll(() => bench.close());

/** Notes each read of a tenant's security on its way to the real database. */
function countReads(pool: Pool): void {
  const query = pool.query.bind(pool) as (...args: unknown[]) => unknown;
  pool.query = ((...args: unknown[]) => {
    const [statement] = args as [{ name?: string; values?: unknown[] }];
    if (statement?.name === "tenant_security_v1") reads.push(statement.values ?? []);
    return query(...args);
  }) as Pool["query"];
}

function fresh(): TenantSecurity {
  reads = [];
  return bench.another();
}

describe("a tenant", () => {
  test("is read once for everybody who waits, and not again for 2 s", async () => {
    const security = fresh();
    const snapshots = await Promise.all(Array.from({ length: 50 }, () => security.snapshot("acme")));
    expect(new Set(snapshots).size).toBe(1);
    ahead += 1999;
    await security.snapshot("acme");
    expect(reads).toHaveLength(1);
  });

  test("is not taken for fresh by a clock that was set back", async () => {
    const security = fresh();
    const first = await security.snapshot("acme");
    ahead -= 3_600_000;
    expect(await security.snapshot("acme")).not.toBe(first);
    expect(reads).toHaveLength(2);
    ahead += 3_600_000;
  });

  test("is read again beside the calls from 2 s on, and waited for from 5 s on", async () => {
    const security = fresh();
    const first = await security.snapshot("acme");
    ahead += 2000;
    expect(await security.snapshot("acme")).toBe(first);
    expect(await security.snapshot("acme")).toBe(first);
    await expect.poll(() => security.snapshot("acme")).not.toBe(first);
    expect(reads).toHaveLength(2);
    const second = await security.snapshot("acme");
    ahead += 5000;
    const third = await security.snapshot("acme");
    expect([reads.length, third === second]).toEqual([3, false]);
  });

  test("keeps imported keys of unchanged issuers", async () => {
    const security = fresh();
    const before = await security.snapshot("acme");
    security.invalidate(acme.tenantId);
    const after = await security.snapshot("acme");
    const secretOf = (snapshot: typeof before) =>
      snapshot?.issuers.flatMap((issuer) => (issuer.kind === "internal" ? [issuer.secret] : []))[0];
    expect(secretOf(after)).toBe(secretOf(before));
    expect(secretOf(after)).toHaveLength(43);
  });

  test("has its settings with the defaults filled in", async () => {
    expect((await fresh().snapshot("acme"))?.settings).toMatchObject({
      rates: {
        user: { rate: 100, burst: 1000 },
        key: { rate: 1000, burst: 5000 },
        tenant: { rate: 5000, burst: 10_000 },
        address: { rate: 20, burst: 100 },
        frames: { rate: 50, burst: 200 },
      },
      allowedOrigins: [],
      tokenExpiry: { grace: 60 },
      presence: true,
    });
  });
});

describe("users that were revoked", () => {
  test("are read whole once, then only from two minutes before the last read on; none is forgotten", async () => {
    const revoke = (userId: string) =>
      tenantTransaction(bench.db.prisma, acme.tenantId, (tx) => revokeUserTokens(tx, acme.tenantId, userId));
    const security = fresh();
    await revoke("ada");
    await bench.db
      .forTenant(acme.tenantId)
      .user.updateMany({ where: { id: "ada" }, data: { validAfter: new Date(Date.now() - 3_600_000) } });
    expect((await security.snapshot("acme"))?.usersValidAfter.get("ada")).toBeGreaterThan(0);
    await revoke("ben");
    security.invalidate(acme.tenantId);
    const { usersValidAfter } = (await security.snapshot("acme"))!;
    expect([...usersValidAfter.keys()].sort()).toEqual(["ada", "ben"]);
    const [, since] = reads[1] as [string, Date];
    expect(reads[0]?.[1]).toBeNull();
    expect(Date.now() - since.getTime()).toBeGreaterThan(119_000);
    expect(Date.now() - since.getTime()).toBeLessThan(180_000);
  });
});

describe("a tenant that does not exist", () => {
  test("is asked for once in a while only, and a scan evicts nobody", async () => {
    const security = fresh();
    const known = await security.snapshot("acme");
    for (let n = 0; n < 50; n++) await security.snapshot("ghost");
    expect(reads).toHaveLength(2);
    for (const nonsense of ["", "A", "a_b", "../acme", "a".repeat(64), "acme ", "acme\u0000", "-acme"]) {
      expect(await security.snapshot(nonsense)).toBeUndefined();
    }
    expect(reads).toHaveLength(2);
    expect(await security.snapshot("acme")).toBe(known);
  });

  test("is there at once when it is made here, and within 5 s when made elsewhere", async () => {
    const security = fresh();
    expect(await security.snapshot("newborn")).toBeUndefined();
    await bench.tenant("newborn");
    ahead += 5000;
    expect(await security.snapshot("newborn")).toBeDefined();
    expect(await security.snapshot("born-here")).toBeUndefined();
    await bench.tenant("born-here");
    security.invalidate(mintTenantId("born-here"));
    expect(await security.snapshot("born-here")).toBeDefined();
  });
});

describe("invalidate", () => {
  test("does not let a read that began before bring the old state back", async () => {
    const security = fresh();
    await security.snapshot("acme");
    ahead += 5000;
    const stale = security.snapshot("acme");
    security.invalidate(acme.tenantId);
    await Promise.all([stale, security.snapshot("acme")]);
    expect(reads).toHaveLength(3);
    await security.snapshot("acme");
    expect(reads).toHaveLength(3);
  });
});

describe("the last use of a key", () => {
  test("is written when the node closes, in one batch, and never moves back", async () => {
    const security = fresh();
    const { keyId = "" } = await authenticate(security, { tenant: "acme", apiKey: acme.primaryKey });
    for (let n = 0; n < 20; n++) await authenticate(security, { tenant: "acme", apiKey: acme.primaryKey });
    const lastUsed = async () =>
      (await bench.db.forTenant(acme.tenantId).apiKey.findFirst({ where: { id: keyId } }))?.lastUsedAt?.getTime();
    expect(await lastUsed()).toBeUndefined();
    await security.close();
    const at = (await lastUsed()) ?? 0;
    expect(at).toBe(base + ahead);
    security.keyUsed(acme.tenantId, keyId);
    ahead -= 3_600_000;
    security.keyUsed(acme.tenantId, keyId);
    await security.close();
    expect(await lastUsed()).toBe(at);
    ahead += 3_600_000;
  });
});

describe("an issuer or a Pusher app that cannot be decrypted", () => {
  test("locks out its own tokens only, and is logged once", async () => {
    const lines: unknown[] = [];
    const log = { warn: (...args: unknown[]) => void lines.push(args) };
    const security = bench.another({ authSecret: "not the secret it was stored under", log });
    expect((await security.snapshot("acme"))?.issuers).toEqual([]);
    security.invalidate(acme.tenantId);
    expect(await authenticate(security, { tenant: "acme", apiKey: acme.primaryKey })).toMatchObject({ kind: "key" });
    const said = [/issuer cannot be used/, /Pusher app cannot be used/];
    expect(lines).toEqual(said.map((text) => [expect.anything(), expect.stringMatching(text)]));
  });
});
