import { afterAll, beforeAll, expect, test } from "vitest";
import { keyPairs, signClaims, startProvider, toJwk } from "../../testing/credentials.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Issuer } from "./schema.ts";

interface Page {
  data: Issuer[];
  totalCount: number;
}

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

test("shows the tenant's own issuer and what was added, oldest first, without secrets", async () => {
  const secret = "a shared secret of more than 32 bytes";
  for (const name of ["first", "second"]) await tenant.key()("POST", "/admin/issuers", { kind: "hs256", name, secret });
  const { body } = await tenant.key()<Page>("GET", "/admin/issuers");
  expect(body.data.map(({ name, kind }) => [name, kind])).toEqual([
    ["Parley", "internal"],
    ["first", "hs256"],
    ["second", "hs256"],
  ]);
  expect(body.data[0]).toMatchObject({ issuer: "parley:acme", algorithms: ["HS256"], enabled: true });
  expect(JSON.stringify(body)).not.toMatch(/secret|v1\./);
  const page = await tenant.key()<Page>("GET", "/admin/issuers?pageNumber=2&pageSize=2");
  expect(page.body).toMatchObject({ totalCount: 3, data: [{ name: "second" }] });
});

test("says how the keys of an OIDC issuer were last fetched, and why they were not", async () => {
  const provider = await startProvider();
  const oidc = { kind: "oidc", name: "Login", issuer: provider.url };
  const { body: made } = await tenant.key()<Issuer>("POST", "/admin/issuers", oidc);
  const keys = async () =>
    (await tenant.key()<Page>("GET", "/admin/issuers")).body.data.find(({ id }) => id === made.id)?.keys;
  expect(await keys()).toBeUndefined();
  const pair = keyPairs.ES256();
  provider.keys = [await toJwk(pair.publicKey, "ES256", "one")];
  const exp = Math.floor(Date.now() / 1000) + 600;
  const token = await signClaims({ sub: "ada", iss: provider.url, exp }, pair.privateKey, { alg: "ES256", kid: "one" });
  await tenant.key()("POST", "/admin/issuers/test", { token });
  expect(await keys()).toEqual({ triedAt: expect.any(String), fetchedAt: expect.any(String), count: 1 });
  await provider.close();
  const there = { ...oidc, name: "Gone", issuer: `${provider.url}/gone` };
  const gone = (await tenant.key()<Issuer>("POST", "/admin/issuers", there)).body;
  const theirs = await signClaims({ sub: "ada", iss: there.issuer, exp }, pair.privateKey, { alg: "ES256" });
  await tenant.key()("POST", "/admin/issuers/test", { token: theirs });
  const { data } = (await tenant.key()<Page>("GET", "/admin/issuers")).body;
  expect(data.find(({ id }) => id === gone.id)?.keys).toMatchObject({
    count: 0,
    failure: expect.stringMatching(/reached/),
  });
});

test("shows nothing of another tenant", async () => {
  const other = await stack.tenant("globex");
  expect((await other.key()<Page>("GET", "/admin/issuers")).body.totalCount).toBe(1);
});

test("refuses users with 403", async () => {
  expect((await tenant.as("ada")("GET", "/admin/issuers")).status).toBe(403);
});
