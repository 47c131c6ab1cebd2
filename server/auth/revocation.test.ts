import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { replaceKey } from "../domain/api-keys/store.ts";
import type { MadeTenant } from "../domain/tenants/make-tenant.ts";
import { revokeTenantTokens } from "../domain/tenants/store.ts";
import { signUserToken } from "../domain/tokens/sign-user-token.ts";
import { revokeUserTokens } from "../domain/users/store.ts";
import { type TenantTransaction, tenantTransaction } from "../persistence/prisma.ts";
import { type AuthBench, startAuthBench } from "../testing/auth-bench.ts";
import { signClaims } from "../testing/credentials.ts";
import { authenticate, type Credentials } from "./authenticate.ts";
import { recheckPrincipal } from "./recheck.ts";
import type { TenantSecurity } from "./tenant-security.ts";

// `here` is the node that revokes, `there` another one that only has the database in common with it.
let bench: AuthBench;
let here: TenantSecurity;
let there: TenantSecurity;
let count = 0;
/** Clocks that a test moves stand still otherwise. */
const base = Date.now();

beforeAll(async () => {
  bench = await startAuthBench();
  here = bench.security;
  there = bench.another();
});
afterAll(() => bench.close());

const newTenant = () => bench.tenant(`tenant-${++count}`);
const userToken = async ({ tenantId }: MadeTenant, userId = "ada") =>
  (await signUserToken(here, tenantId, { userId, expiresIn: 3600 })).token;
const change = <T>({ tenantId }: MadeTenant, work: (tx: TenantTransaction) => Promise<T>) =>
  tenantTransaction(bench.db.prisma, tenantId, work);

/** Each way to revoke: what it is done to, and what is done. */
const ways: [
  string,
  (tenant: MadeTenant) => Promise<{ credentials: Omit<Credentials, "tenant">; revoke: () => Promise<unknown> }>,
][] = [
  [
    "a user's tokens",
    async (tenant) => ({
      credentials: { bearer: await userToken(tenant) },
      revoke: () => change(tenant, (tx) => revokeUserTokens(tx, tenant.tenantId, "ada")),
    }),
  ],
  [
    "a tenant's tokens",
    async (tenant) => ({
      credentials: { bearer: await userToken(tenant) },
      revoke: () => change(tenant, (tx) => revokeTenantTokens(tx, tenant.tenantId)),
    }),
  ],
  [
    "a regenerated key",
    async (tenant) => ({
      credentials: { apiKey: tenant.primaryKey },
      revoke: () => change(tenant, (tx) => replaceKey(tx, tenant.tenantId, "primary")),
    }),
  ],
  [
    "a deleted key",
    async (tenant) => ({
      credentials: { apiKey: tenant.secondaryKey, actAs: "ada" },
      revoke: () =>
        change(tenant, (tx) => tx.apiKey.deleteMany({ where: { tenantId: tenant.tenantId, kind: "secondary" } })),
    }),
  ],
  [
    "an issuer switched off",
    async (tenant) => ({
      credentials: { bearer: await userToken(tenant) },
      revoke: () =>
        change(tenant, (tx) =>
          tx.issuer.updateMany({ where: { tenantId: tenant.tenantId }, data: { enabled: false } }),
        ),
    }),
  ],
  [
    "an issuer deleted",
    async (tenant) => ({
      credentials: { bearer: await userToken(tenant) },
      revoke: () => change(tenant, (tx) => tx.issuer.deleteMany({ where: { tenantId: tenant.tenantId } })),
    }),
  ],
  [
    "an issuer with another audience",
    async (tenant) => ({
      credentials: { bearer: await userToken(tenant) },
      revoke: () =>
        change(tenant, (tx) =>
          tx.issuer.updateMany({ where: { tenantId: tenant.tenantId }, data: { audience: "chat" } }),
        ),
    }),
  ],
];

describe.concurrent.each(ways)("%s", (_name, prepare) => {
  test("is refused at once here, within 5 s elsewhere, and on open connections", async () => {
    const tenant = await newTenant();
    const { credentials, revoke } = await prepare(tenant);
    const call = (security: TenantSecurity) => authenticate(security, { tenant: tenant.tenantId, ...credentials });
    const connections = [await call(here), await call(there)] as const;
    expect(await recheckPrincipal(there, connections[1])).toBe("ok");
    await revoke();
    here.invalidate(tenant.tenantId);
    await expect(call(here)).rejects.toMatchObject({ status: 401 });
    expect(await recheckPrincipal(here, connections[0])).toBe("revoked");
    // Counted in looks, of which a machine that stalls takes none.
    for (let looks = 0; (await call(there).catch(() => undefined)) !== undefined; looks++) {
      expect(looks).toBeLessThan(5000 / 50);
      await sleep(50);
    }
    expect(await recheckPrincipal(there, connections[1])).toBe("revoked");
  });
});

describe("a node that hardly hears of the tenant", () => {
  test("still refuses after 5 s, at the first call", async () => {
    let ahead = 0;
    const idle = bench.another({ now: () => base + ahead });
    const tenant = await newTenant();
    const bearer = await userToken(tenant);
    await authenticate(idle, { tenant: tenant.tenantId, bearer });
    await change(tenant, (tx) => revokeUserTokens(tx, tenant.tenantId, "ada"));
    ahead = 4999;
    await authenticate(idle, { tenant: tenant.tenantId, bearer });
    const refusal = () => authenticate(idle, { tenant: tenant.tenantId, bearer }).catch((error) => error);
    await expect.poll(refusal).toMatchObject({ rule: "revoked" });
    const later = bench.another({ now: () => base + ahead });
    const fresh = await userToken(tenant, "ben");
    await authenticate(later, { tenant: tenant.tenantId, bearer: fresh });
    await change(tenant, (tx) => revokeUserTokens(tx, tenant.tenantId, "ben"));
    ahead += 5000;
    await expect(authenticate(later, { tenant: tenant.tenantId, bearer: fresh })).rejects.toMatchObject({
      rule: "revoked",
    });
  });

  test("hears of an open connection's revocation within 1 s of asking", async () => {
    let ahead = 0;
    const idle = bench.another({ now: () => base + ahead });
    const tenant = await newTenant();
    const principal = await authenticate(idle, { tenant: tenant.tenantId, apiKey: tenant.primaryKey });
    await change(tenant, (tx) => replaceKey(tx, tenant.tenantId, "primary"));
    ahead = 1000;
    expect(await recheckPrincipal(idle, principal)).toBe("revoked");
  });
});

describe("what is not revoked", () => {
  test("goes on: other users, other tenants, keys, and tokens made after it", async () => {
    const [tenant, other] = [await newTenant(), await newTenant()];
    const [ben, theirs] = [await userToken(tenant, "ben"), await userToken(other)];
    await change(tenant, (tx) => revokeUserTokens(tx, tenant.tenantId, "ada"));
    here.invalidate(tenant.tenantId);
    const fresh = await userToken(tenant);
    for (const bearer of [ben, fresh]) await authenticate(here, { tenant: tenant.tenantId, bearer });
    await authenticate(here, { tenant: other.tenantId, bearer: theirs });
    await change(tenant, (tx) => revokeTenantTokens(tx, tenant.tenantId));
    here.invalidate(tenant.tenantId);
    for (const bearer of [ben, fresh])
      await expect(authenticate(here, { tenant: tenant.tenantId, bearer })).rejects.toMatchObject({ rule: "revoked" });
    await authenticate(here, { tenant: tenant.tenantId, apiKey: tenant.primaryKey });
    await authenticate(here, { tenant: tenant.tenantId, bearer: await userToken(tenant, "ben") });
  });

  test("needs an iat once anything of the user was revoked", async () => {
    const tenant = await newTenant();
    const secret = randomBytes(32).toString("hex");
    await bench.trust(tenant, { kind: "hs256", secret });
    const exp = Date.now() / 1000 + 600;
    const sign = (more: object) =>
      signClaims({ sub: "ada", exp, ...more }, new TextEncoder().encode(secret), { alg: "HS256" });
    const read = (bearer: string) => authenticate(here, { tenant: tenant.tenantId, bearer });
    await read(await sign({}));
    const at = (await change(tenant, (tx) => revokeUserTokens(tx, tenant.tenantId, "ada"))).getTime() / 1000;
    here.invalidate(tenant.tenantId);
    for (const more of [{ iat: at }, { iat: Math.floor(at) }])
      await expect(read(await sign(more))).rejects.toMatchObject({
        rule: "revoked",
        face: { detail: "The token was revoked" },
      });
    await expect(read(await sign({}))).rejects.toMatchObject({
      rule: "revoked",
      face: { detail: "The token does not say when it was issued (iat), and tokens of before were revoked" },
    });
    await read(await sign({ iat: at + 0.001 }));
  });
});

describe("an open connection", () => {
  test("of a token that ran out is expired, not revoked", async () => {
    let ahead = 0;
    const clock = bench.another({ now: () => base + ahead });
    const tenant = await newTenant();
    const principal = await authenticate(clock, { tenant: tenant.tenantId, bearer: await userToken(tenant) });
    ahead = 3_700_000;
    expect(await recheckPrincipal(clock, principal)).toBe("expired");
  });

  test("ends with its tenant's suspension, also a visitor's", async () => {
    const tenant = await newTenant();
    const credentials = { tenant: tenant.tenantId };
    const visitor = await authenticate(here, credentials, { optional: true });
    const key = await authenticate(here, { ...credentials, apiKey: tenant.primaryKey });
    expect(await recheckPrincipal(here, visitor)).toBe("ok");
    await change(tenant, (tx) =>
      tx.tenant.update({ where: { id: tenant.tenantId }, data: { suspendedAt: new Date() } }),
    );
    here.invalidate(tenant.tenantId);
    expect([await recheckPrincipal(here, visitor), await recheckPrincipal(here, key)]).toEqual(["revoked", "revoked"]);
  });

  test("survives a new name of its issuer", async () => {
    const tenant = await newTenant();
    const principal = await authenticate(here, { tenant: tenant.tenantId, bearer: await userToken(tenant) });
    await change(tenant, (tx) =>
      tx.issuer.updateMany({ where: { tenantId: tenant.tenantId }, data: { name: "Renamed" } }),
    );
    here.invalidate(tenant.tenantId);
    expect(await recheckPrincipal(here, principal)).toBe("ok");
  });

  test("is left alone while the database is away", async () => {
    const tenant = await newTenant();
    const own = await startAuthBench();
    const other = await own.tenant("away");
    const principal = await authenticate(own.security, { tenant: other.tenantId, apiKey: other.primaryKey });
    expect(tenant.tenantId).not.toBe(other.tenantId);
    own.security.invalidate(other.tenantId);
    await own.close();
    await expect(recheckPrincipal(own.security, principal)).rejects.toThrow();
  });
});
