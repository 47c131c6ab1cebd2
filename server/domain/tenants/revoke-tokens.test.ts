import { afterAll, beforeAll, expect, test } from "vitest";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

const statusOf = async (token: string) =>
  (await fetch(`${tenant.url}/Chat`, { headers: { authorization: `Bearer ${token}` } })).status;

test("succeeds: every token of before is refused, keys and later tokens are good", async () => {
  const old = await Promise.all(["ada", "ben"].map((userId) => tenant.token(userId)));
  const { status, body } = await tenant.key()<{ validAfter: string }>("POST", "/admin/tenant/revoke-tokens");
  expect(status).toBe(200);
  expect(await Promise.all(old.map(statusOf))).toEqual([401, 401]);
  expect(await statusOf(await tenant.token("ada"))).toBe(200);
  expect((await tenant.key()("GET", "/admin/tenant")).body.validAfter).toBe(body.validAfter);
});

test("refuses users with 403", async () => {
  expect((await tenant.as("ada")("POST", "/admin/tenant/revoke-tokens")).status).toBe(403);
});

test("leaves other tenants alone", async () => {
  const other = await stack.tenant("globex");
  const theirs = other.as("ada");
  await tenant.key()("POST", "/admin/tenant/revoke-tokens");
  expect((await theirs("GET", "/Chat")).status).toBe(200);
});
