import { afterAll, beforeAll, expect, test } from "vitest";
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

test("shows nothing of another tenant", async () => {
  const other = await stack.tenant("globex");
  expect((await other.key()<Page>("GET", "/admin/issuers")).body.totalCount).toBe(1);
});

test("refuses users with 403", async () => {
  expect((await tenant.as("ada")("GET", "/admin/issuers")).status).toBe(403);
});
