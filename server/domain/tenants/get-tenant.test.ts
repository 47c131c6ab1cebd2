import { afterAll, beforeAll, expect, test } from "vitest";
import { installationKey } from "../../auth/api-key.ts";
import { call, type Stack, startStack, type TestTenant, testSecret } from "../../testing/stack.ts";

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

test("with what the installation caps its rate at, while it does", async () => {
  const cap = (body: object) =>
    call(`${stack.url}/installation/tenants/acme`, "PATCH", body, { "x-api-key": installationKey(testSecret) });
  const seen = async () => (await tenant.key()<{ rateCap?: object }>("GET", "/admin/tenant")).body.rateCap;
  expect(await seen()).toBeUndefined();
  await cap({ rate: { rate: 50, burst: 80 } });
  expect(await seen()).toEqual({ rate: 50, burst: 80 });
  const changed = await tenant.key()("PATCH", "/admin/tenant", { settings: { rates: { tenant: { rate: 90 } } } });
  expect(changed.body).toMatchObject({ rateCap: { rate: 50 }, settings: { rates: { tenant: { rate: 90 } } } });
  await cap({ limited: false });
  expect(await seen()).toBeUndefined();
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
