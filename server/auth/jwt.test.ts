import { createHmac, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { MadeTenant } from "../domain/tenants/make-tenant.ts";
import { signUserToken } from "../domain/tokens/sign-user-token.ts";
import { type AuthBench, startAuthBench } from "../testing/auth-bench.ts";
import {
  forgeToken,
  keyPairs,
  type Provider,
  signClaims,
  startProvider,
  toJwk,
  toPem,
} from "../testing/credentials.ts";
import { authenticate } from "./authenticate.ts";
import type { Principal } from "./principal.ts";
import { decodeToken, TokenFault, type TokenRule } from "./token.ts";

// Acme trusts a static RSA key with an audience, a shared secret without a name, and an OIDC provider.
const rsa = keyPairs.RS256();
const providerKey = keyPairs.ES256();
const secret = randomBytes(32).toString("hex");
const secretBytes = new TextEncoder().encode(secret);
const iss = "https://login.acme.test";

let bench: AuthBench;
let provider: Provider;
let elsewhere: Provider;
let acme: MadeTenant;
let globex: MadeTenant;

beforeAll(async () => {
  [bench, provider, elsewhere] = await Promise.all([startAuthBench(), startProvider(), startProvider()]);
  [acme, globex] = [await bench.tenant("acme"), await bench.tenant("globex")];
  provider.keys = [await toJwk(providerKey.publicKey, "ES256", "key-1")];
  await bench.trust(acme, { kind: "public-key", issuer: iss, audience: "chat", publicKey: toPem(rsa.publicKey) });
  await bench.trust(acme, { kind: "hs256", secret });
  await bench.trust(acme, { kind: "oidc", issuer: provider.url });
});
afterAll(() => Promise.all([bench.close(), provider.close(), elsewhere.close()]));

const soon = () => Math.floor(Date.now() / 1000) + 600;
const claims = (more: Record<string, unknown> = {}) => ({ sub: "ada", iss, aud: "chat", exp: soon(), ...more });
const signed = (more: Record<string, unknown> = {}, header = {}) =>
  signClaims(claims(more), rsa.privateKey, { alg: "RS256", ...header });
const shared = (more: Record<string, unknown> = {}) =>
  signClaims({ sub: "ada", exp: soon(), ...more }, secretBytes, { alg: "HS256" });
const read = (bearer: string, tenant = "acme"): Promise<Principal> => authenticate(bench.security, { tenant, bearer });

describe("takes", () => {
  test("a token of a static RSA key", async () => {
    expect(await read(await signed())).toMatchObject({ kind: "user", userId: "ada", admin: false });
  });

  test.each(["PS256", "ES256", "EdDSA"] as const)("a token of a static key for %s", async (alg) => {
    const pair = keyPairs[alg]();
    const issuer = `https://${alg}.test`.toLowerCase();
    await bench.trust(acme, { kind: "public-key", issuer, publicKey: toPem(pair.publicKey) });
    const token = await signClaims({ sub: "bob", iss: issuer, exp: soon() }, pair.privateKey, { alg });
    expect(await read(token)).toMatchObject({ userId: "bob" });
  });

  test("a token of a shared secret", async () => {
    expect(await read(await shared({ iss: "whoever" }))).toMatchObject({ userId: "ada" });
  });

  test("one of several audiences, a tenantId that is this one, times with fractions", async () => {
    const token = await signed({
      aud: ["mail", "chat"],
      tenantId: "acme",
      iat: Date.now() / 1000 - 0.5,
      exp: soon() + 0.25,
    });
    expect(await read(token)).toMatchObject({ userId: "ada" });
  });

  test("the user from sub, or else from userId", async () => {
    expect(await read(await signed({ userId: "bob" }))).toMatchObject({ userId: "ada" });
    expect(await read(await signed({ sub: undefined, userId: "bob" }))).toMatchObject({ userId: "bob" });
    expect(await read(await signed({ sub: undefined, userId: 42 }))).toMatchObject({ userId: "42" });
    await expect(read(await signed({ sub: 2 ** 60 }))).rejects.toThrow("cannot be read exactly");
  });
  test.each([
    ["groups", ["Crew", "Admin"]],
    ["groups", "Admin"],
    ["group", "Admin"],
    ["roles", ["Admin"]],
    ["role", "Admin"],
  ])("the group Admin in %s as %j", async (claim, value) => {
    expect((await read(await signed({ [claim]: value }))).admin).toBe(true);
  });

  test.each([
    ["groups", "admin"],
    ["groups", ["Administrators"]],
    ["groups", { Admin: true }],
    ["permissions", "Admin"],
    ["groups", "Admin,Crew"],
  ])("no Admin from %s as %j", async (claim, value) => {
    expect((await read(await signed({ [claim]: value }))).admin).toBe(false);
  });

  test("a token that was shown before, by what its issuers say now", async () => {
    const token = decodeToken(await signed({ nick: "lovelace" }));
    const { issuers = [] } = (await bench.security.snapshot("acme")) ?? {};
    const changed = issuers.map((issuer) => ({ ...issuer, claims: { ...issuer.claims, userId: ["nick"] } }));
    const users: string[] = [];
    for (const by of [issuers, changed, changed]) users.push((await bench.security.verifier.verify(token, by)).userId);
    expect(users).toEqual(["ada", "lovelace", "lovelace"]);
  });

  test("claims under the names that the issuer's settings give, by path too", async () => {
    const pair = keyPairs.EdDSA();
    const mapped = "https://mapped.test";
    await bench.trust(acme, {
      kind: "public-key",
      issuer: mapped,
      publicKey: toPem(pair.publicKey),
      claims: { userId: ["https://acme.test/id"], groups: ["realm_access.roles"], adminGroup: "chat-admin" },
    });
    const of = (more: object) => signClaims({ iss: mapped, exp: soon(), ...more }, pair.privateKey, { alg: "EdDSA" });
    const mine = { "https://acme.test/id": "ada", realm_access: { roles: ["chat-admin"] } };
    expect(await read(await of(mine))).toMatchObject({ userId: "ada", admin: true });
    expect(await read(await of({ ...mine, realm_access: undefined, groups: "Admin" }))).toMatchObject({ admin: false });
    await expectRule(await of({ sub: "ada" }), "user");
  });
});

describe("refuses", () => {
  test.each(["none", "None", "nOnE", "NONE", ""])("alg %j, with and without a signature", async (alg) => {
    await expectRule(forgeToken({ alg, typ: "JWT" }, claims()), "algorithm");
    await expectRule(forgeToken({ alg, typ: "JWT" }, { sub: "ada", exp: soon() }), "algorithm");
    await expectRule(forgeToken({ alg }, claims(), "c2lnbmF0dXJl"), "algorithm");
  });

  test("a good signature under a stripped or changed header", async () => {
    const [, body, signature] = (await signed()).split(".");
    const head = (header: object) => Buffer.from(JSON.stringify(header)).toString("base64url");
    await expectRule(`${head({ alg: "none" })}.${body}.${signature}`, "algorithm");
    await expectRule(`${head({ alg: "RS512" })}.${body}.${signature}`, "signature");
    await expectRule(`${head({ alg: "RS256", crit: ["b64"], b64: false })}.${body}.${signature}`, "form");
  });

  test.each(["HS256", "HS384", "HS512"])(
    "%s with the RSA public key as the secret, in every way it is written",
    async (alg) => {
      await bench.trust(globex, { kind: "public-key", issuer: iss, publicKey: toPem(rsa.publicKey) });
      const pem = toPem(rsa.publicKey);
      const der = rsa.publicKey.export({ type: "spki", format: "der" });
      const pkcs1 = rsa.publicKey.export({ type: "pkcs1", format: "pem" }).toString();
      for (const key of [
        pem,
        pem.trim(),
        pem.replaceAll("\n", "\r\n"),
        pkcs1,
        der,
        der.toString("base64"),
        JSON.stringify(rsa.publicKey.export({ format: "jwk" })),
      ]) {
        for (const body of [claims(), { sub: "ada", exp: soon() }]) {
          const input = forgeToken({ alg, typ: "JWT" }, body).slice(0, -1);
          const signature = createHmac(alg.replace("HS", "sha"), key).update(input).digest("base64url");
          await expect(read(`${input}.${signature}`, "acme")).rejects.toMatchObject({ status: 401 });
          await expect(read(`${input}.${signature}`, "globex")).rejects.toMatchObject({ status: 401 });
        }
      }
    },
  );

  test("an algorithm of another kind of key, even if the stored issuer names it", async () => {
    const mixed = await bench.tenant("mixed");
    const id = await bench.trust(mixed, { kind: "public-key", issuer: iss, publicKey: toPem(rsa.publicKey) });
    await bench.db
      .forTenant(mixed.tenantId)
      .issuer.updateMany({ where: { id }, data: { algorithms: ["RS256", "HS256", "none"] } });
    await bench.db.forTenant(mixed.tenantId).issuer.deleteMany({ where: { kind: "internal" } });
    bench.security.invalidate(mixed.tenantId);
    expect(await read(await signed(), "mixed")).toMatchObject({ userId: "ada" });
    const hs = await signClaims(claims(), new TextEncoder().encode(toPem(rsa.publicKey)), { alg: "HS256" });
    for (const token of [hs, forgeToken({ alg: "none" }, claims())])
      await expect(read(token, "mixed")).rejects.toMatchObject({ rule: "algorithm" });
  });

  test("HS256 for the name of a JWKS issuer", async () => {
    const hs = (key: Uint8Array) =>
      signClaims({ sub: "ada", iss: provider.url, exp: soon() }, key, { alg: "HS256", kid: "key-1" });
    await expectRule(await hs(new TextEncoder().encode(JSON.stringify(provider.keys[0]))), "signature");
    const only = await bench.tenant("only-oidc");
    await bench.trust(only, { kind: "oidc", issuer: provider.url });
    await expect(read(await hs(secretBytes), "only-oidc")).rejects.toMatchObject({ rule: "issuer" });
  });

  test("a key of another", async () => {
    await expectRule(await signClaims(claims(), keyPairs.RS256().privateKey, { alg: "RS256" }), "signature");
    await expectRule(await signClaims({ sub: "ada", exp: soon() }, randomBytes(32), { alg: "HS256" }), "signature");
    const token = await signed();
    const [head, , signature] = token.split(".");
    const body = Buffer.from(JSON.stringify(claims({ groups: "Admin" }))).toString("base64url");
    await expectRule(`${head}.${body}.${signature}`, "signature");
  });

  test("what the header says of where the key is, without asking there", async () => {
    const own = keyPairs.ES256();
    const jwk = await toJwk(own.publicKey, "ES256", "mine");
    elsewhere.keys = [jwk];
    const url = `${elsewhere.url}/jwks`;
    const body = { sub: "ada", iss: provider.url, exp: soon() };
    for (const header of [
      { jku: url },
      { x5u: url },
      { jwk },
      { jku: url, kid: "key-1" },
      { kid: url },
      { jku: url, x5u: url, jwk, kid: "mine" },
    ]) {
      await expectRule(await signClaims(body, own.privateKey, { alg: "ES256", ...header }), "signature");
    }
    await expectRule(
      await signClaims({ ...body, iss: elsewhere.url }, own.privateKey, { alg: "ES256", jku: url }),
      "issuer",
    );
    expect(elsewhere.connections).toBe(0);
  });

  test("the times it does not hold at", async () => {
    const now = Date.now() / 1000;
    await expectRule(await signed({ exp: now - 1 }), "expiry");
    await expectRule(await signed({ exp: undefined }), "expiry");
    await expectRule(await signed({ exp: null }), "expiry");
    await expectRule(forgeToken({ alg: "RS256" }, claims({ exp: String(soon()) }), "eA"), "expiry");
    await expectRule(await signed({ nbf: now + 60 }), "not-before");
    await expectRule(await signed({ iat: now + 120 }), "issued-at");
  });

  test("other audiences and other issuers", async () => {
    for (const aud of [undefined, "mail", [], ["mail"], "chat ", "CHAT", { chat: 1 }])
      await expectRule(await signed({ aud }), "audience");
    for (const other of [undefined, "https://login.acme.test/", "https://evil.test", [iss], 1]) {
      await expectRule(forgeToken({ alg: "RS256" }, claims({ iss: other }), "eA"), "issuer");
    }
  });

  test("tokens that name no user", async () => {
    for (const sub of [undefined, "", "a\u0000b", "x".repeat(129), { id: 1 }, true])
      await expectRule(await signed({ sub }), "user");
  });

  test("another tenant with 403, before anything is checked, whether it exists or not", async () => {
    const { token } = await signUserToken(bench.security, "globex", { userId: "ada", expiresIn: 60 });
    const refused = { code: "forbidden", status: 403 };
    await expect(read(token)).rejects.toMatchObject(refused);
    for (const tenantId of ["globex", "nowhere", "", 7, ["acme"], ["acme", "x"], { a: 1 }, { toString: 1 }]) {
      await expect(read(await signed({ tenantId }))).rejects.toMatchObject(refused);
      await expect(read(forgeToken({ alg: "none" }, { tenantId }))).rejects.toMatchObject(refused);
    }
  });

  test("another tenant's secret, though the token names this one", async () => {
    const theirs = await bench.security.snapshot("globex");
    const issuer = theirs?.issuers.find(({ kind }) => kind === "internal");
    if (issuer?.kind !== "internal") throw new Error("globex has no issuer of its own");
    const body = { sub: "ada", tenantId: "acme", exp: soon() };
    await expectRule(await signClaims(body, issuer.secret, { alg: "HS256" }), "signature");
    await expectRule(await signClaims({ ...body, iss: "parley:acme" }, issuer.secret, { alg: "HS256" }), "signature");
  });

  test("64 kB, cut short, garbage and nothing, quickly", async () => {
    const token = await signed();
    const long = [
      await signed({ pad: "x".repeat(48_000) }),
      "a.".repeat(32_000),
      ".".repeat(64_000),
      "é".repeat(64_000),
      `${"a".repeat(32_000)}.${"b".repeat(32_000)}.c`,
    ];
    const short = [
      token.slice(0, -4),
      token.slice(0, token.lastIndexOf(".")),
      token.slice(token.indexOf(".") + 1),
      `${token}x`,
      `${token}.x`,
      `${token}=`,
    ];
    const words = "| |null|..|a.b.c|e30.e30.|bnVsbA.bnVsbA.x|W10.W10.x|undefined|%00|{}".split("|");
    const junk = [...words, `Bearer ${token}`];
    const wrapped = [forgeToken([], {}), forgeToken({ alg: 5 }, {}), forgeToken({ alg: "RS256", kid: {} }, claims())];
    await read(token);
    const before = process.cpuUsage();
    for (const bearer of [...long, ...short, ...junk, ...wrapped])
      await expect(read(bearer)).rejects.toMatchObject({ status: 401 });
    const { user, system } = process.cpuUsage(before); // µs
    expect(user + system).toBeLessThan(1_000_000);
  });
});

async function expectRule(bearer: string, rule: TokenRule): Promise<void> {
  const outcome = await read(bearer).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(TokenFault);
  expect(outcome).toMatchObject({ rule, code: "unauthenticated", status: 401 });
}
