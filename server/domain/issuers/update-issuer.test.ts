import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keyPairs, signClaims, toPem } from "../../testing/credentials.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Issuer } from "./schema.ts";

let stack: Stack;
let tenant: TestTenant;
let count = 0;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

const secret = "a shared secret of more than 32 bytes";
const bytes = new TextEncoder().encode(secret);
const exp = Math.floor(Date.now() / 1000) + 600;
const make = async (body: object = {}) => {
  const name = `issuer-${++count}`;
  return (await tenant.key()<Issuer>("POST", "/admin/issuers", { kind: "hs256", name, issuer: name, secret, ...body }))
    .body;
};
const update = (id: string, body: unknown) => tenant.key()<Issuer>("PATCH", `/admin/issuers/${id}`, body);
const sign = ({ issuer }: Issuer, more: object = {}, key: Uint8Array = bytes) =>
  signClaims({ sub: "ada", iss: issuer, exp, ...more }, key, { alg: "HS256" });
const statusOf = async (token: string, path = "/Chat") =>
  (await tenant.key({ authorization: `Bearer ${token}` })("GET", path)).status;

describe("succeeds", () => {
  test("with what is named; the rest stays, the secret too", async () => {
    const issuer = await make({ audience: "chat" });
    const { status, body } = await update(issuer.id, { name: "Renamed" });
    expect([status, body]).toEqual([200, { ...issuer, name: "Renamed" }]);
    expect(await statusOf(await sign(issuer, { aud: "chat" }))).toBe(200);
  });

  test("off and on again, at once", async () => {
    const issuer = await make();
    const token = await sign(issuer);
    const seen = [];
    for (const enabled of [true, false, true]) {
      await update(issuer.id, { enabled });
      seen.push(await statusOf(token));
    }
    expect(seen).toEqual([200, 401, 200]);
  });

  test("with a new secret: the old one's tokens are refused", async () => {
    const issuer = await make();
    const other = "another secret of more than 32 bytes!";
    const old = await sign(issuer);
    expect(await statusOf(old)).toBe(200);
    await update(issuer.id, { secret: other });
    expect(await statusOf(old)).toBe(401);
    expect(await statusOf(await sign(issuer, {}, new TextEncoder().encode(other)))).toBe(200);
  });

  test("with another key of another type, whose algorithms then count", async () => {
    const [rsa, ed] = [keyPairs.RS256(), keyPairs.EdDSA()];
    const issuer = await make({ kind: "public-key", publicKey: toPem(rsa.publicKey) });
    const { body } = await update(issuer.id, { publicKey: toPem(ed.publicKey) });
    expect(body.algorithms).toEqual(["EdDSA", "Ed25519"]);
    const token = (alg: string, key: typeof rsa.privateKey) =>
      signClaims({ sub: "ada", iss: issuer.issuer, exp }, key, { alg });
    expect(await statusOf(await token("EdDSA", ed.privateKey))).toBe(200);
    expect(await statusOf(await token("RS256", rsa.privateKey))).toBe(401);
  });

  test("with the same key said once more, in another form, which keeps the algorithms", async () => {
    const key = keyPairs.RS256().publicKey;
    const issuer = await make({ kind: "public-key", publicKey: toPem(key), algorithms: ["PS256"] });
    const pkcs1 = key.export({ type: "pkcs1", format: "pem" }).toString();
    for (const publicKey of [issuer.publicKey, pkcs1]) {
      const { body } = await update(issuer.id, { name: `Renamed ${++count}`, publicKey });
      expect([body.algorithms, body.publicKey]).toEqual([["PS256"], issuer.publicKey]);
    }
  });

  test("with one claim setting; the others stay", async () => {
    const issuer = await make({ claims: { userId: ["uid"] } });
    const { body } = await update(issuer.id, { claims: { adminGroup: "boss" } });
    expect(body.claims).toEqual({ userId: ["uid"], groups: ["groups", "group", "roles", "role"], adminGroup: "boss" });
    expect(await statusOf(await sign(issuer, { uid: "ada", role: "boss" }), "/admin/tenant")).toBe(200);
    expect(await statusOf(await sign(issuer, { uid: "ada", role: "Admin" }), "/admin/tenant")).toBe(403);
  });

  test("with empty text for no audience", async () => {
    const issuer = await make({ audience: "chat" });
    expect((await update(issuer.id, { audience: "" })).body.audience).toBeUndefined();
    expect(await statusOf(await sign(issuer))).toBe(200);
  });

  test("for the tenant's own issuer: its name, its claims and whether it is on", async () => {
    const own = (await tenant.key()<{ data: Issuer[] }>("GET", "/admin/issuers")).body.data[0]!;
    expect(own.kind).toBe("internal");
    const token = await tenant.token("root", ["Boss"]);
    expect(await statusOf(token, "/admin/tenant")).toBe(403);
    expect((await update(own.id, { claims: { adminGroup: "Boss" } })).status).toBe(200);
    expect(await statusOf(token, "/admin/tenant")).toBe(200);
  });
});

describe("refuses", () => {
  test("what would leave the issuer broken, with 400", async () => {
    const issuer = await make();
    for (const body of [{ secret: "short" }, { algorithms: ["RS256"] }, { algorithms: [] }, { enabled: "yes" }]) {
      expect((await update(issuer.id, body)).status).toBe(400);
    }
    expect(await statusOf(await sign(issuer))).toBe(200);
  });

  test("how the tenant's own issuer signs, with 400", async () => {
    const own = (await tenant.key()<{ data: Issuer[] }>("GET", "/admin/issuers")).body.data[0]!;
    for (const body of [
      { secret },
      { issuer: "x" },
      { audience: "x" },
      { algorithms: ["HS256"] },
      { publicKey: "x" },
    ]) {
      expect((await update(own.id, body)).status).toBe(400);
    }
  });

  test("an issuer of another tenant, and of nobody, with 404", async () => {
    const other = await stack.tenant("globex");
    const theirs = (await other.key()<{ data: Issuer[] }>("GET", "/admin/issuers")).body.data[0]!;
    for (const id of [theirs.id, "x", "0190b6a4-0000-7000-8000-000000000000"])
      expect((await update(id, { enabled: false })).status).toBe(404);
    expect((await other.as("ada")("GET", "/Chat")).status).toBe(200);
  });

  test("users with 403", async () => {
    const { id } = await make();
    expect((await tenant.as("ada")("PATCH", `/admin/issuers/${id}`, {})).status).toBe(403);
  });
});
