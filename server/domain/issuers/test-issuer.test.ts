import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { forgeToken, keyPairs, type Provider, signClaims, startProvider } from "../../testing/credentials.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

interface TokenTest {
  ok: boolean;
  rule?: string;
  detail?: string;
  userId?: string;
  groups?: string[];
  admin?: boolean;
  expiresAt?: string;
  claims?: Record<string, unknown>;
}

let stack: Stack;
let tenant: TestTenant;
let broken: Provider;

beforeAll(async () => {
  [stack, broken] = await Promise.all([
    startStack(),
    startProvider(() => (_request, response) => response.writeHead(404).end()),
  ]);
  tenant = await stack.tenant("acme");
  await tenant.key()("POST", "/admin/issuers", { kind: "oidc", name: "Broken", issuer: broken.url });
});
afterAll(() => Promise.all([stack.close(), broken.close()]));

const exp = Math.floor(Date.now() / 1000) + 600;
const judge = async (token: unknown) => (await tenant.key()<TokenTest>("POST", "/admin/issuers/test", { token })).body;

describe("succeeds", () => {
  test("with who a good token is", async () => {
    const { token, expiresAt } = (
      await tenant.key()<{ token: string; expiresAt: string }>("POST", "/tokens", { userId: "ada", groups: ["Admin"] })
    ).body;
    expect(await judge(token)).toMatchObject({
      ok: true,
      userId: "ada",
      groups: ["Admin"],
      admin: true,
      expiresAt,
      claims: { sub: "ada" },
    });
  });

  test.each([
    ["form", "garbage"],
    ["tenant", forgeToken({ alg: "RS256" }, { tenantId: "globex", exp })],
    ["expiry", forgeToken({ alg: "HS256" }, { exp: 1 })],
    ["algorithm", forgeToken({ alg: "none" }, { exp })],
    ["issuer", forgeToken({ alg: "HS256" }, { exp, iss: "who" })],
    ["signature", forgeToken({ alg: "HS256" }, { exp, iss: "parley:acme" }, "eA")],
  ])("with the rule that a token fails: %s", async (rule, token) => {
    const answer = await judge(token);
    expect(answer).toMatchObject({ ok: false, rule, detail: expect.any(String) });
    expect(answer.userId).toBeUndefined();
  });

  test("with why the issuer's keys cannot be had, told to the administrator only", async () => {
    const token = await signClaims({ sub: "ada", iss: broken.url, exp }, keyPairs.ES256().privateKey, { alg: "ES256" });
    expect(await judge(token)).toMatchObject({
      ok: false,
      rule: "keys",
      detail: expect.stringContaining("answered 404"),
    });
    const outside = await tenant.key({ authorization: `Bearer ${token}` })<{ detail: string }>("GET", "/Chat");
    expect(outside.status).toBe(503);
    expect(outside.body.detail).not.toContain("404");
  });

  test("and changes nothing: a revoked token stays revoked", async () => {
    const token = await tenant.token("gone");
    await tenant.key()("POST", "/admin/users/gone/revoke");
    expect(await judge(token)).toMatchObject({ ok: false, rule: "revoked", detail: "The token was revoked" });
    const secret = "a secret of an issuer that says no time of issue";
    await tenant.key()("POST", "/admin/issuers", { kind: "hs256", name: "Timeless", issuer: "timeless", secret });
    const key = new TextEncoder().encode(secret);
    const timeless = (sub: string) => signClaims({ sub, iss: "timeless", exp }, key, { alg: "HS256" });
    expect(await judge(await timeless("here"))).toMatchObject({ ok: true, userId: "here" });
    expect(await judge(await timeless("gone"))).toMatchObject({
      rule: "revoked",
      detail: "The token does not say when it was issued (iat), and tokens of before were revoked",
    });
  });
});

describe("refuses", () => {
  test("no token with 400, and users with 403", async () => {
    expect((await tenant.key()("POST", "/admin/issuers/test", {})).status).toBe(400);
    expect((await tenant.as("ada")("POST", "/admin/issuers/test", { token: "x" })).status).toBe(403);
  });
});
