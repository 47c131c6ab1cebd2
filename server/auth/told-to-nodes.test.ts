import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { consoleHeaders } from "../testing/console.ts";
import { eventually } from "../testing/hub-client.ts";
import { call, type Stack, startStack, type TestTenant, testSecret } from "../testing/stack.ts";
import { internalKey } from "./api-key.ts";
import { writeSessionToken } from "./session-cookie.ts";

// What another node has read a moment ago is not good for two seconds more where this one has changed it.

let stack: Stack;
let other: Awaited<ReturnType<Stack["another"]>>;
let acme: TestTenant;

beforeAll(async () => {
  stack = await startStack({ mail: { url: "smtp://127.0.0.1:9", from: "Parley <service@parley.example>" } });
  other = await stack.another();
  acme = await stack.tenant("acme");
});
afterAll(() => stack.close());

test.each([
  ["a new key", "POST", "/admin/api-keys", { name: "new", scopes: ["admin"] }],
  ["a new issuer", "POST", "/admin/issuers", { name: "new", kind: "hs256", secret: "x".repeat(40) }],
  ["a change of settings", "PATCH", "/admin/tenant", { settings: { presence: false } }],
])("the other node is told of %s", async (_what, method, path, body) => {
  const told = vi.spyOn(other.api.services.security, "invalidate");
  const { status } = await acme.key()(method, path, body);
  expect([200, 201]).toContain(status);
  await eventually(() => expect(told).toHaveBeenCalledWith(acme.tenantId));
  told.mockRestore();
});

test("the other node forgets a session that says who it is again, and one that makes a tenant", async () => {
  const email = "olga@example.com";
  const password = "a password that is long";
  const root = (path: string, body: object, headers: Record<string, string> = {}) =>
    call<{ sessionId?: string }>(`${stack.url}/api/console${path}`, "POST", body, headers);
  await root("/sign-up", { email, password, tenant: "olgas", tenantName: "Olgas" });
  const internal = { "x-parley-internal": internalKey(testSecret) };
  const { sessionId = "" } = (await root("/sessions", { email, password }, internal)).body;
  const cookie = consoleHeaders(await writeSessionToken(testSecret, sessionId));
  const told = vi.spyOn(other.api.services.security.sessions, "forget");
  expect((await root("/account/reauthenticate", { password }, cookie)).status).toBe(200);
  await eventually(() => expect(told).toHaveBeenCalled());
  told.mockClear();
  expect((await root("/account/tenants", { id: "olgas-2", name: "Second" }, cookie)).status).toBe(201);
  await eventually(() => expect(told).toHaveBeenCalled());
});
