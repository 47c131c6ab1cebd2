import { generate } from "otplib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { internalKey } from "../../auth/api-key.ts";
import { writeSessionToken } from "../../auth/session-cookie.ts";
import { consoleHeaders } from "../../testing/console.ts";
import { call, type Stack, startStack, type TestTenant, testSecret } from "../../testing/stack.ts";
import { asInstallation, findPersonByEmail, savePerson } from "./store.ts";

let stack: Stack;
/** A node of the same installation that lets in whoever is invited. */
let inviting: string;
let acme: TestTenant;
const password = "a password that is long";
const internal = { "x-parley-internal": internalKey(testSecret) };

interface Opened {
  outcome: string;
  sessionId?: string;
  person?: { email: string; name?: string };
}

beforeAll(async () => {
  stack = await startStack();
  inviting = (await stack.another({ signUp: "invite" })).url;
  acme = await stack.tenant("acme");
});
afterAll(() => stack.close());

const root = <T = Record<string, unknown>>(path: string, method: string, body?: unknown, headers = {}) =>
  call<T>(`${stack.url}/api/console${path}`, method, body, headers);
const signUp = (email: string, tenant: string) =>
  root("/sign-up", "POST", { email, password, tenant, tenantName: tenant });
const byPassword = async (email: string) =>
  (await root<Opened>("/sessions", "POST", { email, password }, internal)).body;
const byProvider = async (email: string, more: object = {}, at = stack.url) => {
  const said = { email, emailVerified: true, ip: "10.0.0.1", userAgent: "Test", ...more };
  return (await call<Opened>(`${at}/api/console/sessions/by-provider`, "POST", said, internal)).body;
};
const cookieOf = async (sessionId = "") => consoleHeaders(await writeSessionToken(testSecret, sessionId));
const stored = (email: string) => asInstallation(stack.api.services.db, (tx) => findPersonByEmail(tx, email));

test("somebody unknown gets an account, known as theirs and without a password, where anybody may sign up; then comes back to it", async () => {
  const first = await byProvider("Nora@Example.com", { name: "Nora" });
  expect(first).toMatchObject({ outcome: "signed-in", person: { email: "nora@example.com", name: "Nora" } });
  const cookie = await cookieOf(first.sessionId);
  expect((await root("/account", "GET", undefined, cookie)).body).toMatchObject({
    hasPassword: false,
    tenants: [],
    sudoUntil: expect.any(String), // who comes so has nothing else to say again
  });
  expect((await stored("nora@example.com"))?.verifiedAt).not.toBeNull();
  expect((await byProvider("nora@example.com", { name: "Somebody" })).person).toEqual(first.person);
  expect((await root("/account/sessions", "GET", undefined, cookie)).body).toMatchObject({
    data: [{ method: "oauth", ip: "10.0.0.1", userAgent: "Test" }, { method: "oauth" }],
  });
});

test("an address that the provider does not vouch for opens nothing, whoever has it", async () => {
  await signUp("olga@example.com", "olgas");
  for (const email of ["olga@example.com", "stranger@example.com"])
    expect(await byProvider(email, { emailVerified: false })).toEqual({ outcome: "email-unverified" });
  expect(await stored("stranger@example.com")).toBeNull();
});

test("an account that somebody made in another's name is taken from them", async () => {
  await signUp("lena@example.com", "lena");
  const before = await cookieOf((await byPassword("lena@example.com")).sessionId);
  expect((await byProvider("lena@example.com")).outcome).toBe("signed-in");
  stack.api.services.security.sessions.forget();
  expect((await root("/account", "GET", undefined, before)).status).toBe(401);
  expect((await byPassword("lena@example.com")).outcome).toBe("refused");
});

test("so is one on which they switched two factors on, as one can where no mail goes out", async () => {
  await signUp("livia@example.com", "livia");
  const before = await cookieOf((await byPassword("livia@example.com")).sessionId);
  const { body } = await root<{ secret: string }>("/account/totp", "POST", {}, before);
  const code = await generate({ secret: body.secret });
  expect((await root("/account/totp/confirm", "POST", { code }, before)).status).toBe(200);
  const { outcome, sessionId } = await byProvider("livia@example.com");
  expect(outcome).toBe("signed-in");
  stack.api.services.security.sessions.forget();
  expect((await root("/account", "GET", undefined, before)).status).toBe(401);
  expect((await root("/account", "GET", undefined, await cookieOf(sessionId))).body).toMatchObject({
    hasPassword: false,
    twoFactor: false,
  });
  expect(await stored("livia@example.com")).toMatchObject({ totpSecret: null, recoveryHashes: [] });
  expect((await byProvider("livia@example.com")).outcome).toBe("signed-in");
});

test("an account that is known as theirs keeps its password and its sessions", async () => {
  await signUp("vera@example.com", "vera");
  const { id = "" } = (await stored("vera@example.com")) ?? {};
  await asInstallation(stack.api.services.db, (tx) => savePerson(tx, id, { verifiedAt: new Date() }));
  const before = await cookieOf((await byPassword("vera@example.com")).sessionId);
  expect((await byProvider("vera@example.com")).outcome).toBe("signed-in");
  stack.api.services.security.sessions.forget();
  expect((await root("/account", "GET", undefined, before)).status).toBe(200);
  expect((await byPassword("vera@example.com")).outcome).toBe("signed-in");
});

test.each([
  ["who has two factors on", "tess", { verifiedAt: new Date() }],
  ["the installation's owner who has, of whom nobody asked whose address it is,", "ines", { installationOwner: true }],
])("%s needs both: the provider is one", async (_who, name, more) => {
  const email = `${name}@example.com`;
  await signUp(email, name);
  const { id = "" } = (await stored(email)) ?? {};
  await asInstallation(stack.api.services.db, (tx) => savePerson(tx, id, { totpConfirmedAt: new Date(), ...more }));
  expect(await byProvider(email)).toEqual({ outcome: "two-factors" });
  expect((await byPassword(email)).outcome).toBe("code-needed");
});

test("where one comes in by invitation it takes one, of whatever tenant, while it lasts", async () => {
  const invited = (email: string) => byProvider(email, {}, inviting);
  expect(await invited("ivo@example.com")).toEqual({ outcome: "not-invited" });
  for (const email of ["ivo@example.com", "late@example.com"])
    expect((await acme.key()("POST", "/admin/operators/invitations", { email, role: "admin" })).status).toBe(201);
  const past = new Date(Date.now() - 1000);
  await stack.api.services.db
    .forTenant(acme.tenantId)
    .operatorInvitation.updateMany({ where: { email: "late@example.com" }, data: { expiresAt: past } });
  expect(await invited("late@example.com")).toEqual({ outcome: "not-invited" });
  expect((await invited("ivo@example.com")).outcome).toBe("signed-in");
  expect((await invited("ivo@example.com")).outcome).toBe("signed-in"); // has an account now
});

test("whoever tries passwords for an address does not keep its owner from coming in by the provider", async () => {
  await signUp("gina@example.com", "gina");
  const guess = { email: "gina@example.com", password: "not the one that it is", ip: "10.0.0.66" };
  const tried: number[] = [];
  for (let n = 0; n < 12; n++) tried.push((await root("/sessions", "POST", guess, internal)).status);
  expect(tried).toContain(429);
  expect((await byProvider("gina@example.com")).outcome).toBe("signed-in");
});

test("it is no call for strangers", async () => {
  const said = { email: "nora@example.com", emailVerified: true };
  expect((await root("/sessions/by-provider", "POST", said)).status).toBe(401);
  expect((await root("/sessions/by-provider", "POST", said, await cookieOf())).status).toBe(401);
});
