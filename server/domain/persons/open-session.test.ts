import { once } from "node:events";
import { generate } from "otplib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { internalKey } from "../../auth/api-key.ts";
import { writeSessionToken } from "../../auth/session-cookie.ts";
import { consoleHeaders, makeOperator } from "../../testing/console.ts";
import { call, type Stack, startStack, type TestTenant, testSecret } from "../../testing/stack.ts";
import { makeLink } from "./make-link.ts";
import { asInstallation, findPersonByEmail, insertLink } from "./store.ts";

let stack: Stack;
let other: { url: string };
let acme: TestTenant;
const internal = { "x-parley-internal": internalKey(testSecret) };
const password = "a password that is long";

beforeAll(async () => {
  stack = await startStack({ mail: { url: "smtp://127.0.0.1:9", from: "Parley <service@parley.example>" } });
  other = await stack.another();
  acme = await stack.tenant("acme");
});
afterAll(() => stack.close());

interface Opened {
  outcome: string;
  sessionId?: string;
}

const root = <T = Record<string, unknown>>(
  path: string,
  method: string,
  body?: unknown,
  headers = {},
  at = stack.url,
) => call<T>(`${at}/api/console${path}`, method, body, headers);
const signUp = (email: string, tenant: string, more = {}) =>
  root("/sign-up", "POST", { email, password, tenant, tenantName: tenant, ...more });
const open = (body: object) => root<Opened>("/sessions", "POST", body, internal);
const cookieOf = async (sessionId = "") => consoleHeaders(await writeSessionToken(testSecret, sessionId));
const signedIn = async (email: string) => cookieOf((await open({ email, password })).body.sessionId);
const trpc = (at: string, tenant: string, headers: Record<string, string>) =>
  call<{ result?: unknown; error?: { data: { problem: { code: string } } } }>(
    `${at}/api/trpc/tenants.get`,
    "GET",
    undefined,
    { ...headers, "x-tenant-id": tenant },
  );

async function mailedLink(email: string, kind: "sign-in" | "reset"): Promise<string> {
  const { token, hash } = makeLink();
  await asInstallation(stack.api.services.db, async (tx) => {
    const personId = (await findPersonByEmail(tx, email))?.id ?? "";
    await insertLink(tx, { kind, hash, personId, expiresAt: new Date(Date.now() + 60_000) });
  });
  return token;
}

describe("a person who signed up", () => {
  test("owns the tenant, and is signed in by password, in any letter case of the address", async () => {
    expect(await signUp("Olga@Example.com", "olgas")).toMatchObject({
      status: 201,
      body: { installationOwner: false },
    });
    const { body } = await open({ email: "OLGA@example.com", password, ip: "10.0.0.1", userAgent: "Test" });
    expect(body).toMatchObject({ outcome: "signed-in", person: { email: "olga@example.com" } });
    const cookie = await cookieOf(body.sessionId);
    expect(await root("/account", "GET", undefined, cookie)).toMatchObject({
      body: { twoFactor: false, hasPassword: true, tenants: [{ tenantId: "olgas", role: "owner" }] },
    });
    expect((await trpc(stack.url, "olgas", cookie)).status).toBe(200);
    expect(await root("/account/sessions", "GET", undefined, cookie)).toMatchObject({
      body: { data: [{ current: true, method: "password", ip: "10.0.0.1", userAgent: "Test" }] },
    });
  });

  test("is no operator of another tenant, nor of one that does not exist: the answers are the same", async () => {
    const cookie = await signedIn("olga@example.com");
    const answers = await Promise.all(["acme", "nowhere"].map((tenant) => trpc(stack.url, tenant, cookie)));
    for (const { status, body } of answers) {
      expect(status).toBe(403);
      expect(body.error?.data.problem.code).toBe("forbidden");
    }
  });

  test("cannot take an address or a tenant that is there", async () => {
    expect((await signUp("olga@example.com", "fresh-one")).status).toBe(409);
    expect((await signUp("otto@example.com", "acme")).status).toBe(409);
  });
});

describe("nobody learns who has an account", () => {
  test("a wrong password and an unknown address are told the same", async () => {
    const wrong = await open({ email: "olga@example.com", password: "not this one" });
    const unknown = await open({ email: "nobody@example.com", password: "not this one" });
    expect([wrong.status, wrong.body]).toEqual([200, { outcome: "refused" }]);
    expect([unknown.status, unknown.body]).toEqual([200, { outcome: "refused" }]);
  });

  test("guessing ends after ten tries, for addresses without an account too", async () => {
    for (const email of ["guessed@example.com", "olga@example.com"]) {
      const answers = [];
      for (let i = 0; i < 11; i++) answers.push((await open({ email, password: "guess" })).status);
      expect(answers.at(-1), email).toBe(429);
    }
  });

  test("the calls of the sign-in page are not for strangers", async () => {
    expect((await root("/sessions", "POST", { email: "a@b.co", password })).status).toBe(401);
    expect((await root("/sessions", "POST", { email: "a@b.co", password }, { "x-parley-internal": "x" })).status).toBe(
      401,
    );
  });
});

describe("two factors", () => {
  test("a code of the app is asked for and good once; a recovery code too", async () => {
    await signUp("tess@example.com", "tess");
    // Not on an address that may be somebody else's: whoever has the mailbox could never come in.
    expect((await root("/account/totp", "POST", {}, await signedIn("tess@example.com"))).status).toBe(409);
    await root("/password-reset/finish", "POST", { token: await mailedLink("tess@example.com", "reset"), password });
    const cookie = await signedIn("tess@example.com");
    const { body: started } = await root<{ secret: string; uri: string }>("/account/totp", "POST", {}, cookie);
    expect(started.uri).toMatch(/^otpauth:\/\/totp\/Parley/);
    expect((await open({ email: "tess@example.com", password })).body.outcome).toBe("signed-in"); // not confirmed yet
    const code = await generate({ secret: started.secret });
    const { body } = await root<{ recoveryCodes: string[] }>("/account/totp/confirm", "POST", { code }, cookie);
    expect(body.recoveryCodes).toHaveLength(10);
    // By turns at both nodes: each lets through its share of the tries, and a code that was used at one is used at the other.
    let turn = 0;
    const signIn = async (code?: string) => {
      const node = turn++ % 2 === 0 ? stack.url : other.url;
      return (await root<Opened>("/sessions", "POST", { email: "tess@example.com", password, code }, internal, node))
        .body.outcome;
    };
    expect(await signIn()).toBe("code-needed");
    expect(await signIn(code)).toBe("refused"); // used by the confirmation
    expect(await signIn(body.recoveryCodes[0])).toBe("signed-in");
    expect(await signIn(body.recoveryCodes[0])).toBe("refused");
    const stored = await asInstallation(stack.api.services.db, (tx) => findPersonByEmail(tx, "tess@example.com"));
    expect(JSON.stringify(stored, (_, v) => (typeof v === "bigint" ? String(v) : v))).not.toContain(started.secret);
  });
});

describe("a link", () => {
  test("signs in once, and takes an account away from whoever made it in another's name", async () => {
    await signUp("lena@example.com", "lena");
    const before = await cookieOf((await open({ email: "lena@example.com", password })).body.sessionId);
    const token = await mailedLink("lena@example.com", "sign-in");
    const byLink = () => root<Opened>("/sessions/by-link", "POST", { token }, internal);
    expect((await byLink()).body.outcome).toBe("signed-in");
    expect((await byLink()).body.outcome).toBe("refused");
    stack.api.services.security.sessions.forget();
    expect((await root("/account", "GET", undefined, before)).status).toBe(401);
    expect((await open({ email: "lena@example.com", password })).body.outcome).toBe("refused");
  });
});

describe("the first start's claim", () => {
  test("makes the installation's owner once, who sees tenants and nothing of what is in them", async () => {
    const { token: claim, hash } = makeLink();
    const expiresAt = new Date(Date.now() + 60_000);
    await asInstallation(stack.api.services.db, (tx) => insertLink(tx, { kind: "claim", hash, expiresAt }));
    expect((await root("/sign-up?claim=x", "GET")).body).toMatchObject({ claim: "over" });
    expect((await root(`/sign-up?claim=${claim}`, "GET")).body).toMatchObject({ claim: "good" });
    expect(await signUp("ines@example.com", "ines", { claim })).toMatchObject({
      status: 201,
      body: { installationOwner: true },
    });
    expect((await signUp("eva@example.com", "eva", { claim })).status).toBe(403);
    const cookie = await cookieOf((await open({ email: "ines@example.com", password })).body.sessionId);
    const list = await call<{ result: { data: { data: { tenantId: string }[] } } }>(
      `${stack.url}/api/trpc/installation.listTenants`,
      "GET",
      undefined,
      cookie,
    );
    expect(list.body.result.data.data.map(({ tenantId }) => tenantId)).toEqual(
      expect.arrayContaining(["acme", "ines"]),
    );
    expect((await trpc(stack.url, "acme", cookie)).status).toBe(403);
    // The tenant's owner may set less than the installation, and no more.
    const update = (fields: object) =>
      call(`${stack.url}/api/trpc/installation.updateTenant`, "POST", { tenant: "acme", ...fields }, cookie);
    const status = async () => (await acme.key()("GET", "/admin/tenant")).status;
    await update({ rate: { rate: 0.1, burst: 3 } });
    await acme.key()("PATCH", "/admin/tenant", { settings: { rates: { tenant: { rate: 5000, burst: 5000 } } } });
    expect(await Promise.all(Array.from({ length: 12 }, status))).toContain(429);
    await update({ limited: false });
    await expect.poll(status).toBe(200);
    await update({ suspended: true });
    expect((await acme.key()("GET", "/admin/tenant")).body).toMatchObject({ code: "tenant_suspended" });
    await update({ suspended: false });
    expect((await acme.key()("GET", "/admin/tenant")).status).toBe(200);
  });
});

describe("the cookie", () => {
  test("is good from the console's own pages only, over HTTP and over a WebSocket", async () => {
    const { db } = stack.api.services;
    const { session } = await makeOperator(db, testSecret, { tenantId: acme.tenantId, role: "owner" });
    const { cookie = "" } = consoleHeaders(session);
    const foreign: Record<string, string>[] = [
      { cookie },
      { cookie, origin: "https://evil.example" },
      { cookie, "sec-fetch-site": "cross-site" },
      { cookie, origin: "null" },
    ];
    for (const headers of foreign) {
      expect((await trpc(stack.url, "acme", headers)).status, JSON.stringify(headers)).toBe(403);
      const post = await call(
        `${stack.url}/api/trpc/tenants.update`,
        "POST",
        { name: "Mine" },
        { ...headers, "x-tenant-id": "acme" },
      );
      expect(post.status, JSON.stringify(headers)).toBe(403);
    }
    expect((await trpc(stack.url, "acme", { cookie, "sec-fetch-site": "same-origin" })).status).toBe(200);
    expect((await root("/account", "GET", undefined, { cookie, origin: "https://evil.example" })).status).toBe(403);
    const address = `${stack.url.replace("http", "ws")}/api/trpc`;
    const refused = new WebSocket(address, { headers: { cookie, origin: "https://evil.example" } });
    const [error] = await once(refused, "error").catch((thrown) => [thrown]);
    expect(String(error)).toContain("403");
    const own = new WebSocket(address, { headers: consoleHeaders(session) });
    await once(own, "open");
    own.terminate();
  });

  test("gives way to a token beside it", async () => {
    const { db } = stack.api.services;
    const { session } = await makeOperator(db, testSecret, { tenantId: acme.tenantId, role: "owner" });
    const headers = { ...consoleHeaders(session), authorization: `Bearer ${await acme.token("ada")}` };
    expect((await trpc(stack.url, "acme", headers)).status).toBe(403); // ada is no Admin
  });
});

test("a session that is revoked on one node is refused on another within 5 s, and so is a role that was taken away", async () => {
  const { db } = stack.api.services;
  const { tenantId } = acme;
  const [gone, demoted] = await Promise.all([
    makeOperator(db, testSecret, { tenantId, role: "admin" }),
    makeOperator(db, testSecret, { tenantId, role: "admin" }),
  ]);
  const at = (operator: { session: string }) => trpc(other.url, "acme", consoleHeaders(operator.session));
  expect([(await at(gone)).status, (await at(demoted)).status]).toEqual([200, 200]);
  const own = consoleHeaders(gone.session);
  expect((await root(`/account/sessions/${gone.sessionId}`, "DELETE", undefined, own)).status).toBe(200);
  expect((await acme.key()("DELETE", `/admin/operators/${demoted.personId}`)).status).toBe(200);
  expect((await trpc(stack.url, "acme", own)).status).toBe(401); // here at once
  const until = { timeout: 20_000, interval: 100 };
  await expect.poll(async () => (await at(gone)).status, until).toBe(401);
  await expect.poll(async () => (await at(demoted)).status, until).toBe(403);
});

describe("the audit log", () => {
  test("says who changed what, from where, without secrets; of keys and Admins too", async () => {
    const { db } = stack.api.services;
    const olga = await makeOperator(db, testSecret, { tenantId: acme.tenantId, role: "owner" });
    const headers = { ...consoleHeaders(olga.session), "x-tenant-id": "acme" };
    const made = await call<{ result: { data: { id: string } } }>(
      `${stack.url}/api/trpc/adminChats.create`,
      "POST",
      { name: "Pier", memberUserIds: ["ada"] },
      headers,
    );
    const chatId = made.body.result.data.id;
    await call(`${stack.url}/api/trpc/adminChats.update`, "POST", { chatId, frozen: true }, headers);
    await acme.key()("POST", "/admin/issuers", { kind: "hs256", name: "Portal", secret: "s3cret-".repeat(6) });
    await acme.as("root", ["Admin"])("PATCH", "/admin/tenant", { name: "" });
    interface Entry {
      actor: object;
      operation: string;
      outcome: string;
      before?: object;
      after?: object;
      ip?: string;
      target?: string;
    }
    const list = async (query = "") => (await acme.key()<{ data: Entry[] }>("GET", `/admin/audit?${query}`)).body.data;
    await expect.poll(async () => (await list("outcome=begun")).length).toBe(0);
    const [frozen] = await list(`target=chatId:${chatId}`);
    expect(frozen).toMatchObject({
      actor: { kind: "operator", id: olga.personId, name: olga.email },
      operation: "adminChats.update",
      ip: "127.0.0.1",
      outcome: "ok",
      before: { frozen: false },
      after: { frozen: true },
    });
    expect(await list("operation=issuers")).toMatchObject([{ actor: { kind: "key" }, input: { secret: "•••" } }]);
    expect(JSON.stringify(await list())).not.toContain("s3cret");
    expect((await list(`actor=${olga.email}`)).map(({ operation }) => operation)).toEqual([
      "adminChats.update",
      "adminChats.create",
    ]);
    const { body } = await acme.key()<{ body: string }>("GET", "/admin/audit/export?operation=adminChats");
    expect(body.body.split("\r\n")).toHaveLength(4);
  });
});
