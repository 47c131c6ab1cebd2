import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { hashLink, makeLink } from "../domain/persons/make-link.ts";
import { makeResetLink } from "../domain/persons/make-reset-link.ts";
import { asInstallation, insertLink, insertSession } from "../domain/persons/store.ts";
import { consoleHeaders, makeOperator, type SignedInOperator } from "../testing/console.ts";
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
afterEach(() => vi.restoreAllMocks());
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
});

const root = (path: string, method: string, body?: object, headers: Record<string, string> = {}) =>
  call<{ sessionId?: string }>(`${stack.url}/api/console${path}`, method, body, headers);
const internal = { "x-parley-internal": internalKey(testSecret) };
const password = "a password that is long";

const changes: [string, (olga: SignedInOperator) => Promise<{ status: number }>][] = [
  [
    "has another name",
    ({ session }) => root("/account", "PATCH", { name: "Olga the Second" }, consoleHeaders(session)),
  ],
  ["sets a password", ({ session }) => root("/account/password", "POST", { password }, consoleHeaders(session))],
  [
    "sets one by a mailed link",
    async ({ email }) => {
      const link = await makeResetLink(stack.api.services.db, stack.url, email);
      return root("/password-reset/finish", "POST", { token: new URL(link).searchParams.get("token"), password });
    },
  ],
  [
    "ends a session elsewhere",
    async ({ personId, session }) => {
      const away = { method: "password" as const, sudoUntil: new Date(0) };
      const id = await asInstallation(stack.api.services.db, (tx) => insertSession(tx, personId, away));
      return root(`/account/sessions/${id}`, "DELETE", undefined, consoleHeaders(session));
    },
  ],
  ["signs out", ({ session }) => root("/account/sign-out", "POST", {}, consoleHeaders(session))],
  [
    "shows by a link that the address is theirs, which ends what others opened",
    async ({ personId }) => {
      const { token } = makeLink();
      const link = {
        kind: "sign-in" as const,
        hash: hashLink(token),
        personId,
        expiresAt: new Date(Date.now() + 60_000),
      };
      await asInstallation(stack.api.services.db, (tx) => insertLink(tx, link));
      return root("/sessions/by-link", "POST", { token }, internal);
    },
  ],
  [
    "shows by a provider that the address is theirs, which ends what others opened",
    ({ email }) => root("/sessions/by-provider", "POST", { email, emailVerified: true }, internal),
  ],
];

test.each(changes)("both nodes forget the sessions of somebody who %s", async (_what, change) => {
  const olga = await makeOperator(stack.api.services.db, testSecret, undefined);
  const told = [stack.api, other.api].map((api) => vi.spyOn(api.services.security.sessions, "forget"));
  expect((await change(olga)).status).toBe(200);
  expect(told[0]).toHaveBeenCalled();
  await eventually(() => expect(told[1]).toHaveBeenCalled());
});

test("the other node forgets a session that says who it is again, and one that makes a tenant", async () => {
  const email = "olga@example.com";
  await root("/sign-up", "POST", { email, password, tenant: "olgas", tenantName: "Olgas" });
  const { sessionId = "" } = (await root("/sessions", "POST", { email, password }, internal)).body;
  const cookie = consoleHeaders(await writeSessionToken(testSecret, sessionId));
  const told = vi.spyOn(other.api.services.security.sessions, "forget");
  expect((await root("/account/reauthenticate", "POST", { password }, cookie)).status).toBe(200);
  await eventually(() => expect(told).toHaveBeenCalled());
  told.mockClear();
  expect((await root("/account/tenants", "POST", { id: "olgas-2", name: "Second" }, cookie)).status).toBe(201);
  await eventually(() => expect(told).toHaveBeenCalled());
});
