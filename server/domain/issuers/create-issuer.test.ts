import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keyPairs, type Provider, signClaims, startProvider, toJwk, toPem } from "../../testing/credentials.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { type Issuer, maxIssuers } from "./schema.ts";

let stack: Stack;
let tenant: TestTenant;
let provider: Provider;

beforeAll(async () => {
  [stack, provider] = await Promise.all([startStack(), startProvider()]);
  tenant = await stack.tenant("acme");
});
afterAll(() => Promise.all([stack.close(), provider.close()]));

const secret = "a shared secret of more than 32 bytes";
const create = (body: unknown) => tenant.key()<Issuer>("POST", "/admin/issuers", body);
const exp = Math.floor(Date.now() / 1000) + 600;
const chatsOf = (token: string) => tenant.key({ authorization: `Bearer ${token}` })("GET", "/Chat");

describe("succeeds", () => {
  test("with a shared secret, which is never shown nor stored in the clear", async () => {
    const { status, body } = await create({ kind: "hs256", name: "Backend", secret, issuer: "backend" });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      kind: "hs256",
      name: "Backend",
      issuer: "backend",
      algorithms: ["HS256"],
      enabled: true,
    });
    expect(body.claims).toEqual({
      userId: ["sub", "userId"],
      groups: ["groups", "group", "roles", "role"],
      adminGroup: "Admin",
    });
    const shown = [
      body,
      (await tenant.key()("GET", "/admin/issuers")).body,
      await stack.api.services.db.forTenant(tenant.tenantId).issuer.findMany(),
    ];
    expect(JSON.stringify(shown)).not.toContain(secret);
    const token = await signClaims({ sub: "ada", iss: "backend", exp }, new TextEncoder().encode(secret), {
      alg: "HS256",
    });
    expect((await chatsOf(token)).status).toBe(200);
  });

  test.each(["RS256", "ES256", "EdDSA"] as const)("with a static public key for %s, in its plain form", async (alg) => {
    const pair = keyPairs[alg]();
    const pem = toPem(pair.publicKey);
    const { status, body } = await create({
      kind: "public-key",
      name: alg,
      issuer: alg,
      publicKey: `  ${pem.trim()}\n\n`,
    });
    expect([status, body.publicKey]).toEqual([201, pem]);
    expect(body.algorithms).toContain(alg);
    expect((await chatsOf(await signClaims({ sub: "ada", iss: alg, exp }, pair.privateKey, { alg }))).status).toBe(200);
  });

  test("with an OIDC issuer", async () => {
    const pair = keyPairs.ES256();
    provider.keys = [await toJwk(pair.publicKey, "ES256", "one")];
    expect((await create({ kind: "oidc", name: "Login", issuer: provider.url, audience: "chat" })).status).toBe(201);
    const sign = (aud: string) =>
      signClaims({ sub: "ada", iss: provider.url, aud, exp }, pair.privateKey, { alg: "ES256", kid: "one" });
    expect((await chatsOf(await sign("chat"))).status).toBe(200);
    expect((await chatsOf(await sign("mail"))).status).toBe(401);
  });
});

describe("refuses", () => {
  const rsa = keyPairs.RS256();
  const pem = toPem(rsa.publicKey);
  const privatePem = rsa.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const small = toPem(generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey);
  const odd = toPem(generateKeyPairSync("ec", { namedCurve: "secp256k1" }).publicKey);
  const cases: [string, string, Record<string, unknown>][] = [
    ["a short secret", "secret", { kind: "hs256", secret: "x".repeat(31) }],
    ["no secret", "secret", { kind: "hs256" }],
    ["a public key as the secret", "secret", { kind: "hs256", secret: pem }],
    [
      "a JWK as the secret",
      "secret",
      { kind: "hs256", secret: JSON.stringify(rsa.publicKey.export({ format: "jwk" })) },
    ],
    ["an algorithm of another kind", "algorithms", { kind: "hs256", secret, algorithms: ["HS256", "RS256"] }],
    ["HS256 with a public key", "algorithms", { kind: "public-key", publicKey: pem, algorithms: ["HS256"] }],
    ["ES256 with an RSA key", "algorithms", { kind: "public-key", publicKey: pem, algorithms: ["ES256"] }],
    ["none", "algorithms.0", { kind: "public-key", publicKey: pem, algorithms: ["none"] }],
    ["no public key", "publicKey", { kind: "public-key" }],
    ["a private key", "publicKey", { kind: "public-key", publicKey: privatePem }],
    ["a key of 1024 bits", "publicKey", { kind: "public-key", publicKey: small }],
    ["a curve nobody signs tokens on", "publicKey", { kind: "public-key", publicKey: odd }],
    [
      "a broken key",
      "publicKey",
      { kind: "public-key", publicKey: "-----BEGIN PUBLIC KEY-----\nxx\n-----END PUBLIC KEY-----" },
    ],
    ["an OIDC issuer without an address", "issuer", { kind: "oidc" }],
    ["an OIDC issuer that is no address", "issuer", { kind: "oidc", issuer: "login" }],
    ["a file as key set", "jwksUri", { kind: "oidc", issuer: "https://login.test", jwksUri: "file:///etc/passwd" }],
    ["HS256 for OIDC", "algorithms", { kind: "oidc", issuer: "https://login.test", algorithms: ["HS256"] }],
    ["an issuer of our own kind", "kind", { kind: "internal" }],
    ["NUL in a claim's name", "claims.adminGroup", { kind: "hs256", secret, claims: { adminGroup: "a\u0000" } }],
  ];
  test.each(cases)("%s with 400, naming the field", async (_name, field, body) => {
    const answer = await create({ name: "x", ...body });
    expect(answer).toMatchObject({ status: 400, body: { code: "invalid" } });
    expect(Object.keys((answer.body as unknown as { errors: object }).errors)).toContain(field);
  });

  test("plain http where private networks are not allowed", async () => {
    const guarded = await startStack({ allowPrivateNetworks: false });
    const there = await guarded.tenant("acme");
    const http = { kind: "oidc", name: "x", issuer: "http://login.test" };
    expect((await there.key()("POST", "/admin/issuers", http)).status).toBe(400);
    expect((await there.key()("POST", "/admin/issuers", { ...http, issuer: "https://login.test" })).status).toBe(201);
    await guarded.close();
  });

  test(`more than ${maxIssuers} issuers with 409`, async () => {
    const crowd = await stack.tenant("crowd");
    const one = () => crowd.key()("POST", "/admin/issuers", { kind: "hs256", name: "x", secret });
    const statuses = (await Promise.all(Array.from({ length: maxIssuers }, one))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 409)).toHaveLength(1);
  });

  test("users with 403", async () => {
    expect((await tenant.as("ada")("POST", "/admin/issuers", { kind: "hs256", name: "x", secret })).status).toBe(403);
  });
});
