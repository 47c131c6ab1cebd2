import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTenant, type MadeTenant } from "../domain/tenants/make-tenant.ts";
import { signUserToken } from "../domain/tokens/sign-user-token.ts";
import { DomainError } from "../errors.ts";
import { newId } from "../ids.ts";
import { type Database, openDatabase } from "../persistence/database.ts";
import { createTestDatabase, type TestDatabase } from "../testing/postgres.ts";
import { installationKey, makeApiKey } from "./api-key.ts";
import { authenticate, authenticateRoot, type Credentials } from "./authenticate.ts";
import { allScopes, userScopes } from "./scopes.ts";
import { TenantSecurity } from "./tenant-security.ts";

const authSecret = randomBytes(32).toString("base64");
let database: TestDatabase;
let db: Database;
let security: TenantSecurity;
let acme: MadeTenant;
let globex: MadeTenant;

beforeAll(async () => {
  database = await createTestDatabase();
  db = openDatabase({ url: database.runtimeUrl });
  security = new TenantSecurity({ db, authSecret, allowPrivateNetworks: false });
  acme = await createTenant(db, authSecret, { id: "acme", name: "Acme" });
  globex = await createTenant(db, authSecret, { id: "globex", name: "Globex" });
});
afterAll(async () => {
  await security.close();
  await db.close();
  await database.drop();
});

describe("a key", () => {
  test("is the tenant's backend, with every scope", async () => {
    const principal = await authenticate(security, { tenant: "acme", apiKey: acme.primaryKey });
    expect(principal).toMatchObject({ tenantId: "acme", kind: "key", admin: true });
    expect(principal.userId).toBeUndefined();
    expect(principal.scopes).toEqual(allScopes);
    expect(await authenticate(security, { tenant: "acme", apiKey: acme.secondaryKey })).toMatchObject({ kind: "key" });
  });

  test("acts as a user, and then has that user's rights", async () => {
    const principal = await authenticate(security, { tenant: "acme", apiKey: acme.primaryKey, actAs: "ada" });
    expect(principal).toMatchObject({ kind: "key", userId: "ada", admin: false });
    expect(
      (await authenticate(security, { tenant: "acme", apiKey: acme.primaryKey, actAs: "" })).userId,
    ).toBeUndefined();
  });

  test("needs the scope act-as for it, and a user id that can be one", async () => {
    const named = makeApiKey("acme");
    await db.forTenant(acme.tenantId).apiKey.create({
      data: {
        tenantId: "acme",
        id: newId(),
        kind: "named",
        name: "n",
        hash: named.hash,
        hint: "",
        scopes: ["chats:read"],
      },
    });
    security.invalidate(acme.tenantId);
    const principal = await authenticate(security, { tenant: "acme", apiKey: named.key });
    expect(principal).toMatchObject({ admin: false, scopes: new Set(["chats:read"]) });
    await expectRefusal({ tenant: "acme", apiKey: named.key, actAs: "ada" }, 403, "scope_missing");
    await expectRefusal({ tenant: "acme", apiKey: acme.primaryKey, actAs: "a\nb" }, 400, "invalid");
  });

  test("of another tenant is 403, whether that tenant exists or not", async () => {
    const there = await refusal({ tenant: "acme", apiKey: globex.primaryKey });
    const nowhere = await refusal({ tenant: "acme", apiKey: makeApiKey("nowhere").key });
    expect(there).toMatchObject({ code: "forbidden", status: 403 });
    expect(nowhere.face).toEqual(there.face);
  });

  test("that is wrong, cut short or empty is 401", async () => {
    for (const apiKey of [
      makeApiKey("acme").key,
      acme.primaryKey.slice(0, -1),
      `${acme.primaryKey}=`,
      "",
      "x".repeat(10_000),
    ]) {
      await expectRefusal({ tenant: "acme", apiKey }, 401);
    }
  });

  test("of the installation is 403 at a tenant's address", async () => {
    await expectRefusal({ tenant: "acme", apiKey: installationKey(authSecret) }, 403, "forbidden");
  });
});

describe("a token", () => {
  test("of the tenant's own issuer is the user", async () => {
    const { token, expiresAt } = await signUserToken(security, "acme", { userId: "ada", expiresIn: 60 });
    const principal = await authenticate(security, { tenant: "acme", bearer: token });
    expect(principal).toMatchObject({ tenantId: "acme", kind: "user", userId: "ada", admin: false });
    expect(principal.scopes).toEqual(userScopes);
    expect(principal.expiresAt).toBe(Date.parse(expiresAt));
  });

  test("with the group Admin has admin rights", async () => {
    const { token } = await signUserToken(security, "acme", {
      userId: "ada",
      groups: ["Crew", "Admin"],
      expiresIn: 60,
    });
    expect(await authenticate(security, { tenant: "acme", bearer: token })).toMatchObject({ admin: true });
  });

  test("wins over a key beside it, good or bad", async () => {
    const { token } = await signUserToken(security, "acme", { userId: "ada", expiresIn: 60 });
    const both = { tenant: "acme", apiKey: acme.primaryKey };
    expect(await authenticate(security, { ...both, bearer: token })).toMatchObject({ kind: "user", userId: "ada" });
    await expectRefusal({ ...both, bearer: "garbage" }, 401);
  });

  test("acts as nobody else", async () => {
    const { token } = await signUserToken(security, "acme", { userId: "ada", groups: ["Admin"], expiresIn: 60 });
    await expectRefusal({ tenant: "acme", bearer: token, actAs: "bob" }, 403, "forbidden");
    expect(await authenticate(security, { tenant: "acme", bearer: token, actAs: "ada" })).toMatchObject({
      userId: "ada",
    });
  });

  test("of another tenant is 403", async () => {
    const { token } = await signUserToken(security, "globex", { userId: "ada", expiresIn: 60 });
    await expectRefusal({ tenant: "acme", bearer: token }, 403, "forbidden");
  });
});

describe("an address", () => {
  test("of no tenant is 401 without a credential and 403 with one, in the words of a foreign one", async () => {
    await expectRefusal({ tenant: "nowhere" }, 401);
    const foreign = await refusal({ tenant: "acme", apiKey: globex.primaryKey });
    const { token } = await signUserToken(security, "acme", { userId: "ada", expiresIn: 60 });
    for (const tenant of ["nowhere", "NO WHERE", "", "a".repeat(200), "installation"]) {
      const credentials = [
        { apiKey: acme.primaryKey },
        { apiKey: makeApiKey("nowhere").key },
        { bearer: token },
        { bearer: "junk" },
      ];
      for (const credential of credentials) {
        const error = await refusal({ tenant, ...credential });
        expect([error.code, error.face]).toEqual(["forbidden", foreign.face]);
      }
    }
  });

  test("without a credential is 401, or a visitor where one is welcome", async () => {
    await expectRefusal({ tenant: "acme" }, 401, "unauthenticated");
    expect(await authenticate(security, { tenant: "acme" }, { optional: true })).toMatchObject({
      kind: "visitor",
      admin: false,
    });
    await expect(authenticate(security, { tenant: "nowhere" }, { optional: true })).rejects.toMatchObject({
      status: 401,
    });
    await expect(authenticate(security, { tenant: "acme", bearer: "" }, { optional: true })).rejects.toMatchObject({
      status: 401,
    });
  });

  test("of a suspended tenant is 403 tenant_suspended", async () => {
    const idle = await createTenant(db, authSecret, { id: "idle", name: "Idle" });
    const { token } = await signUserToken(security, "idle", { userId: "ada", expiresIn: 60 });
    await db.forTenant(idle.tenantId).tenant.update({ where: { id: "idle" }, data: { suspendedAt: new Date() } });
    security.invalidate(idle.tenantId);
    await expectRefusal({ tenant: "idle", apiKey: idle.primaryKey }, 403, "tenant_suspended");
    await expectRefusal({ tenant: "idle", bearer: token }, 403, "tenant_suspended");
    await expectRefusal({ tenant: "idle", apiKey: acme.primaryKey }, 403, "forbidden");
  });
});

describe("the installation's key", () => {
  test("is derived from AUTH_SECRET and opens no tenant", async () => {
    const at = (apiKey: string | undefined) => authenticateRoot(security, authSecret, { apiKey });
    expect(await at(installationKey(authSecret))).toMatchObject({
      kind: "installation",
      admin: false,
    });
    const other = installationKey(randomBytes(32).toString("base64"));
    for (const key of [undefined, "", acme.primaryKey, other]) {
      await expect(at(key)).rejects.toThrow(/unauthenticated/);
    }
  });
});

async function refusal(credentials: Credentials): Promise<DomainError> {
  const outcome = await authenticate(security, credentials).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(DomainError);
  return outcome as DomainError;
}

async function expectRefusal(credentials: Credentials, status: number, code = "unauthenticated"): Promise<void> {
  expect(await refusal(credentials)).toMatchObject({ status, code });
}
