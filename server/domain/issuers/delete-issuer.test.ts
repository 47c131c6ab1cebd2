import { afterAll, beforeAll, expect, test } from "vitest";
import { signClaims } from "../../testing/credentials.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Issuer } from "./schema.ts";

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

const secret = "a shared secret of more than 32 bytes";
const make = async (of: TestTenant = tenant) =>
  (await of.key()<Issuer>("POST", "/admin/issuers", { kind: "hs256", name: "x", secret })).body;
const remove = (id: string) => tenant.key()("DELETE", `/admin/issuers/${id}`);

test("succeeds with {}: its tokens are refused at once", async () => {
  const { id } = await make();
  const claims = { sub: "ada", exp: Math.floor(Date.now() / 1000) + 600 };
  const token = await signClaims(claims, new TextEncoder().encode(secret), { alg: "HS256" });
  const status = async () => (await tenant.key({ authorization: `Bearer ${token}` })("GET", "/Chat")).status;
  expect(await status()).toBe(200);
  expect(await remove(id)).toMatchObject({ status: 200, body: {} });
  expect(await status()).toBe(401);
  expect((await remove(id)).status).toBe(404);
});

test("refuses the tenant's own issuer with 409", async () => {
  const { body } = await tenant.key()<{ data: Issuer[] }>("GET", "/admin/issuers");
  expect(await remove(body.data[0]?.id ?? "")).toMatchObject({ status: 409, body: { code: "conflict" } });
});

test("refuses another tenant's issuer and nonsense with 404", async () => {
  const theirs = await make(await stack.tenant("globex"));
  for (const id of [theirs.id, "undefined"]) expect((await remove(id)).status).toBe(404);
});

test("refuses users with 403", async () => {
  const { id } = await make();
  expect((await tenant.as("ada")("DELETE", `/admin/issuers/${id}`)).status).toBe(403);
});
