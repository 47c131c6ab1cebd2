import { afterAll, beforeAll, expect, test } from "vitest";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

test("succeeds with the tenant and its settings, defaults filled in", async () => {
  for (const caller of [tenant.key(), tenant.as("root", ["Admin"])]) {
    expect(await caller("GET", "/admin/tenant")).toMatchObject({
      status: 200,
      body: {
        tenantId: "acme",
        name: "Tenant acme",
        demo: false,
        suspended: false,
        settings: { tokenExpiry: { grace: 60 } },
      },
    });
  }
});

test("refuses users, keys without the scope, and other tenants' keys with 403", async () => {
  const other = await stack.tenant("globex");
  const { body } = await tenant.key()<{ key: string }>("POST", "/admin/api-keys", {
    name: "x",
    scopes: ["tokens:create"],
  });
  expect((await tenant.as("ada")("GET", "/admin/tenant")).status).toBe(403);
  expect((await tenant.key({ "x-api-key": body.key })("GET", "/admin/tenant")).body.code).toBe("scope_missing");
  expect((await tenant.key({ "x-api-key": other.primaryKey })("GET", "/admin/tenant")).body.code).toBe("forbidden");
});
