import { afterAll, beforeAll, expect, test } from "vitest";
import { consoleHeaders, makeOperator } from "../../testing/console.ts";
import { call, type Stack, startStack, type TestTenant, testSecret } from "../../testing/stack.ts";
import { ensureReachable } from "./policy.ts";

const refused = {
  "http://example.com/hook": "must be an https address",
  "https://10.0.0.1/": "must not be a private address",
  "https://127.1/": "must not be a private address",
  "https://0x7f000001/": "must not be a private address",
  "https://169.254.169.254/": "must not be a private address",
  "https://[::1]/": "must not be a private address",
  "https://[::ffff:10.0.0.1]/": "must not be a private address",
  "https://localhost:8443/": "must not be a private address",
  "https://app.localhost./": "must not be a private address",
};

test.each(Object.entries(refused))("%s %s, unless the installation allows it", (address, fault) => {
  const invalid = expect.objectContaining({ code: "invalid", face: { errors: { url: [fault] } } });
  expect(() => ensureReachable(address, false, "url")).toThrow(invalid);
  expect(() => ensureReachable(address, true, "url")).not.toThrow();
});

test.each(["https://example.com/hook", "https://8.8.8.8/", "https://[2606:4700::1111]/", "https://notlocalhost/"])(
  "%s may be reached",
  (address) => expect(() => ensureReachable(address, false, "url")).not.toThrow(),
);

let stack: Stack;
let tenant: TestTenant;
let guarded: (method: string, path: string, body: object) => ReturnType<typeof call>;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  const { url } = await stack.another({ allowPrivateNetworks: false });
  guarded = (method, path, body) =>
    call(`${url}/tenant/acme/v1${path}`, method, body, { "x-api-key": tenant.primaryKey });
});
afterAll(() => stack.close());

test("an endpoint is neither made at such an address nor moved to one; one that is there already can be changed", async () => {
  const http = "http://example.com/hook";
  const old = (await tenant.key()<{ id: string }>("POST", "/admin/webhooks", { url: http })).body.id;
  const fault = { status: 400, body: { code: "invalid", errors: { url: ["must be an https address"] } } };
  expect(await guarded("POST", "/admin/webhooks", { url: http })).toMatchObject(fault);
  expect((await guarded("POST", "/admin/webhooks", { url: "https://example.com/hook" })).status).toBe(201);
  expect(await guarded("PATCH", `/admin/webhooks/${old}`, { url: `${http}/2` })).toMatchObject(fault);
  const changed = await guarded("PATCH", `/admin/webhooks/${old}`, { url: http, state: "paused" });
  expect(changed).toMatchObject({ status: 200, body: { url: http, state: "paused" } });
});

test("nor is a webhook of the Pusher app", async () => {
  const hook = (url: string) => ({ url, events: ["channel_occupied"] });
  const [old, fresh] = [hook("https://10.0.0.1/old"), hook("https://10.0.0.1/new")];
  expect((await tenant.key()("PATCH", "/admin/pusher", { webhooks: [old] })).status).toBe(200);
  expect(await guarded("PATCH", "/admin/pusher", { webhooks: [old, fresh] })).toMatchObject({
    status: 400,
    body: { code: "invalid", errors: { webhooks: ["must not be a private address"] } },
  });
  const beside = [old, hook("https://example.com/hook")];
  expect(await guarded("PATCH", "/admin/pusher", { webhooks: beside })).toMatchObject({
    status: 200,
    body: { webhooks: beside },
  });
});

test("somebody signed in to the console long ago pauses an endpoint, and says again who it is to move it", async () => {
  const url = "https://example.com/hook";
  const { id } = (await tenant.key()<{ id: string }>("POST", "/admin/webhooks", { url })).body;
  const { db } = stack.api.services;
  const change = async (sudo: boolean, changes: object) => {
    const { session } = await makeOperator(db, testSecret, { tenantId: tenant.tenantId, role: "owner" }, { sudo });
    const headers = { ...consoleHeaders(session), "x-tenant-id": tenant.tenantId };
    return call(`${stack.url}/api/trpc/webhooks.update`, "POST", { webhookId: id, ...changes }, headers);
  };
  expect((await change(false, { url, state: "paused" })).status).toBe(200);
  const refused = await change(false, { url: "https://elsewhere.example/hook" });
  expect(refused.status).toBe(403);
  expect(JSON.stringify(refused.body)).toContain("reauthentication_required");
  expect((await change(true, { url: "https://elsewhere.example/hook" })).status).toBe(200);
});
