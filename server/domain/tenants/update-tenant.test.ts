import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { consoleHeaders, makeOperator } from "../../testing/console.ts";
import { call, type Stack, startStack, type TestTenant, testSecret } from "../../testing/stack.ts";
import type { Tenant, TenantSettings } from "./schema.ts";

type Answer = Tenant & { settings: TenantSettings };

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

const update = (body: unknown) => tenant.key()<Answer>("PATCH", "/admin/tenant", body);
const settingsOf = async () => (await tenant.key()<Answer>("GET", "/admin/tenant")).body.settings;

describe("succeeds", () => {
  test("with the name alone", async () => {
    const before = await settingsOf();
    expect(await update({ name: "  Acme & Sons " })).toMatchObject({ status: 200, body: { name: "Acme & Sons" } });
    expect(await settingsOf()).toEqual(before);
  });

  test("with one number deep in the settings; everything else stays", async () => {
    const before = await settingsOf();
    const { body } = await update({ settings: { rates: { user: { burst: 2000 } } } });
    expect(body.settings).toEqual({ ...before, rates: { ...before.rates, user: { rate: 100, burst: 2000 } } });
    expect(await settingsOf()).toEqual(body.settings);
  });

  test("with origins as a browser sends them; a list replaces the list", async () => {
    const { body } = await update({
      settings: { allowedOrigins: ["https://App.Example.com/", "http://localhost:5173", "*"] },
    });
    expect(body.settings.allowedOrigins).toEqual(["https://app.example.com", "http://localhost:5173", "*"]);
    expect((await update({ settings: { allowedOrigins: [] } })).body.settings.allowedOrigins).toEqual([]);
  });

  test("at once for the next check on this node", async () => {
    await update({ settings: { presence: false, tokenExpiry: { grace: 5 } } });
    const snapshot = await stack.api.services.security.snapshot("acme");
    expect(snapshot?.settings).toMatchObject({ presence: false, tokenExpiry: { grace: 5 } });
  });

  test("from several at once, losing nothing", async () => {
    const parts = ["user", "key", "tenant", "address", "frames"] as const;
    await Promise.all(parts.map((part, n) => update({ settings: { rates: { [part]: { burst: 3000 + n } } } })));
    const { rates } = await settingsOf();
    expect(parts.map((part) => rates[part].burst)).toEqual([3000, 3001, 3002, 3003, 3004]);
  });

  test("and stores what was chosen, so that later defaults reach the rest", async () => {
    const other = await stack.tenant("sparse");
    await other.key()("PATCH", "/admin/tenant", { settings: { presence: false } });
    const row = await stack.api.services.db.forTenant(other.tenantId).tenant.findFirst();
    expect(row?.settings).toEqual({ allowedOrigins: ["*"], presence: false });
  });
});

describe("refuses", () => {
  test.each([
    ["an empty name", { name: " " }],
    ["an origin with a path", { settings: { allowedOrigins: ["https://a.example/app"] } }],
    ["an origin that is none", { settings: { allowedOrigins: ["example.com"] } }],
    ["an origin of any host", { settings: { allowedOrigins: ["https://*"] } }],
    ["an origin of all under a domain", { settings: { allowedOrigins: ["https://*.com"] } }],
    ["an origin with another directive", { settings: { allowedOrigins: ["https://a;sandbox"] } }],
    ["a script as origin", { settings: { allowedOrigins: ["javascript:alert(1)"] } }],
    ["a rate of nothing", { settings: { rates: { user: { rate: 0 } } } }],
    ["a negative grace", { settings: { tokenExpiry: { grace: -1 } } }],
    ["a log that is kept for no time", { settings: { retention: { eventDays: 0 } } }],
    ["text for a switch", { settings: { presence: "no" } }],
  ])("%s with 400, changing nothing", async (_name, body) => {
    const before = await settingsOf();
    expect((await update(body)).status).toBe(400);
    expect(await settingsOf()).toEqual(before);
  });

  test("to switch the demo on or the suspension off", async () => {
    const { body } = await update({ demo: true, suspended: true, settings: { demo: true } });
    expect(body).toMatchObject({ demo: false, suspended: false });
    expect(body.settings).not.toHaveProperty("demo");
  });

  test("to send clients to another hub for somebody signed in long ago, until they say again who they are", async () => {
    const at = { tenantId: tenant.tenantId, role: "owner" } as const;
    const change = async (sudo: boolean, hub: object) => {
      const { session } = await makeOperator(stack.api.services.db, testSecret, at, { sudo });
      const headers = { ...consoleHeaders(session), "x-tenant-id": tenant.tenantId };
      return call(`${stack.url}/api/trpc/tenants.update`, "POST", { settings: { hub } }, headers);
    };
    const url = "https://hub.example/hub";
    const refused = await change(false, { url });
    expect(refused.status).toBe(403);
    expect(JSON.stringify(refused.body)).toContain("reauthentication_required");
    expect((await settingsOf()).hub.url).toBeNull();
    expect((await change(true, { url })).status).toBe(200);
    expect((await change(false, { url, parallelInvocations: 2 })).status).toBe(200); // as it is
    expect((await change(false, { url: null })).status).toBe(200);
  });

  test("a hub that is not encrypted, where private networks are none of ours", async () => {
    const { url } = await stack.another({ allowPrivateNetworks: false });
    const headers = { "x-api-key": tenant.primaryKey };
    const to = (hub: string) =>
      call(`${url}/tenant/acme/v1/admin/tenant`, "PATCH", { settings: { hub: { url: hub } } }, headers);
    expect((await to("http://hub.example/hub")).status).toBe(400);
    expect((await to("HTTPS://hub.example/hub")).status).toBe(200);
  });

  test("users with 403", async () => {
    expect((await tenant.as("ada")("PATCH", "/admin/tenant", { name: "Mine" })).status).toBe(403);
  });
});
