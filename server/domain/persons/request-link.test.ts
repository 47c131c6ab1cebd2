import pg from "pg";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { internalKey } from "../../auth/api-key.ts";
import { writeSessionToken } from "../../auth/session-cookie.ts";
import type { Config } from "../../config/config.ts";
import { startWorker } from "../../jobs/worker.ts";
import { consoleHeaders, makeOperator } from "../../testing/console.ts";
import { type MailServer, smtpError, startMailServer } from "../../testing/mail-server.ts";
import { call, configFor, type Stack, startStack, type TestTenant, testSecret } from "../../testing/stack.ts";
import { makeRecoveryCodes, makeTotpSecret } from "./check-code.ts";
import { hashPassword } from "./hash-password.ts";
import { makeLink } from "./make-link.ts";
import { asInstallation, insertLink, savePerson } from "./store.ts";

let stack: Stack;
let acme: TestTenant;
const opened: { close(): Promise<void> }[] = [];
const password = "a password that is long";
const until = { timeout: 20_000, interval: 30 };

beforeAll(async () => {
  stack = await startStack();
  acme = await stack.tenant("acme");
});
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});
afterAll(() => stack.close());

const root = <T = Record<string, unknown>>(path: string, body?: unknown, headers = {}) =>
  call<T>(`${stack.url}/api/console${path}`, "POST", body, headers);
const signUp = (email: string, tenant: string) => root("/sign-up", { email, password, tenant, tenantName: tenant });
const open = async (path: string, body: object) =>
  (await root<{ outcome: string }>(path, body, { "x-parley-internal": internalKey(testSecret) })).body.outcome;

async function serve(moods: Parameters<typeof startMailServer>[0] = {}, changes: Partial<Config> = {}) {
  const server = await startMailServer(moods);
  const mail = { url: server.url, from: "Parley <service@parley.example>" };
  opened.push(server, await startWorker(configFor(stack.database, { mail, ...changes }), { look: 50 }));
  return server;
}

/** The only link of the mail that came to an address. */
async function linkTo(server: MailServer, email: string) {
  const find = () => server.mails.find(({ to }) => to === email);
  await expect.poll(find, until).toBeDefined();
  const parsed = await find()?.parse();
  const link = /https?:\/\/\S+/.exec(parsed?.text ?? "")?.[0] ?? "";
  expect(String(parsed?.html).replaceAll("&amp;", "&")).toContain(link);
  const { subject = "", from } = parsed ?? {};
  return { subject, link: new URL(link), from: from?.text ?? "", html: String(parsed?.html) };
}

test("a link to sign in comes by mail and is good once; nobody is told who has an account", async () => {
  const server = await serve();
  await signUp("lena@example.com", "lena");
  const known = await root("/sign-in-link", { email: "Lena@Example.com" });
  const unknown = await root("/sign-in-link", { email: "nobody@example.com" });
  expect([known.status, known.body]).toEqual([200, {}]);
  expect([unknown.status, unknown.body]).toEqual([200, {}]);
  const { subject, link, from, html } = await linkTo(server, "lena@example.com");
  expect(subject).toBe("Your link to sign in");
  // In the installation's name and colour: whoever signs in may be of several tenants, or of none.
  expect(html).toMatch(/>Parley<\/p>/);
  expect(html).toContain("border-top:4px solid #0b6b62");
  expect(from).toContain("service@parley.example");
  expect(link.pathname).toBe("/sign-in");
  const token = link.searchParams.get("link");
  expect(await open("/sessions/by-link", { token })).toBe("signed-in");
  expect(await open("/sessions/by-link", { token })).toBe("refused");
  expect(server.mails.map(({ to }) => to)).toEqual(["lena@example.com"]);
});

test("a mailed link leads on to where somebody wanted to go, if that is here", async () => {
  const server = await serve();
  const ask = async (name: string, way: string, next?: string) => {
    const email = `${name}@ways.example`;
    await signUp(email, name);
    expect((await root(way, { email, next })).status).toBe(200);
    return (await linkTo(server, email)).link;
  };
  const next = "/t/acme/settings?part=mail#from";
  const signsIn = await ask("ways-in", "/sign-in-link", next);
  expect([signsIn.pathname, signsIn.searchParams.get("next"), signsIn.hash]).toEqual(["/sign-in", next, ""]);
  const resets = await ask("ways-anew", "/password-reset", next);
  expect([resets.pathname, resets.searchParams.get("next"), resets.hash]).toEqual(["/reset", next, ""]);
  expect((await ask("ways-plain", "/sign-in-link")).searchParams.has("next")).toBe(false);
  for (const elsewhere of ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "t/acme"]) {
    const refused = await root("/sign-in-link", { email: "ways-out@ways.example", next: elsewhere });
    expect([elsewhere, refused.status, Object.keys(refused.body.errors ?? {})]).toEqual([elsewhere, 400, ["next"]]);
  }
});

test("a link to set a new password sets it once, even when the server is not there at first", async () => {
  let refusals = 1;
  const seen: string[] = [];
  const server = await serve({
    data: ({ messageId }, { take, answer }) => {
      seen.push(messageId);
      if (refusals-- > 0) return answer(smtpError(451, "Later"));
      take();
      answer(null);
    },
  });
  await signUp("rosa@example.com", "rosa");
  expect((await root("/password-reset", { email: "rosa@example.com" })).status).toBe(200);
  const { link } = await linkTo(server, "rosa@example.com");
  expect(refusals).toBeLessThan(0);
  expect(seen).toEqual([seen[0], seen[0]]); // a mail that is tried again is the same mail
  expect(seen[0]).toMatch(/^<[0-9a-f]{32}@localhost>$/);
  expect(link.pathname).toBe("/reset");
  const finish = () =>
    root("/password-reset/finish", { token: link.searchParams.get("token"), password: `${password}, and new` });
  expect((await finish()).status).toBe(200);
  expect((await finish()).status).toBe(403);
  expect(await open("/sessions", { email: "rosa@example.com", password })).toBe("refused");
  expect(await open("/sessions", { email: "rosa@example.com", password: `${password}, and new` })).toBe("signed-in");
});

test("an invitation is mailed in the tenant's name; what waits in the queue does not show the link", async () => {
  const { session, email } = await makeOperator(
    stack.api.services.db,
    testSecret,
    { tenantId: acme.tenantId, role: "owner" },
    { sudo: true },
  );
  const invited = await acme.key()<{ link: string }>("POST", "/admin/operators/invitations", {
    email: "ivy@example.com",
    role: "support",
  });
  expect(invited.status).toBe(201);
  const trpc = await call(
    `${stack.url}/api/trpc/operators.invite`,
    "POST",
    { email: "ines@example.com", role: "admin" },
    { ...consoleHeaders(session), "x-tenant-id": "acme" },
  );
  expect(trpc.status).toBe(200);
  const owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  const { rows: waiting } = await owner.query(
    "select payload from graphile_worker._private_jobs where payload ->> 'kind' = 'invitation'",
  );
  await owner.end();
  expect(waiting).toHaveLength(2);
  expect(JSON.stringify(waiting)).not.toContain("/invite/");
  const branding = { name: "Acme Lines", logoUrl: "https://acme.example/logo.png", colour: "#8a1c1c" };
  await acme.key()("PATCH", "/admin/tenant", { settings: { branding } });
  const server = await serve();
  const { subject, link, html } = await linkTo(server, "ivy@example.com");
  expect([subject, link.href]).toEqual(["Join Acme Lines", invited.body.link]);
  expect(html).toMatch(/<img [^>]*alt="Acme Lines"[^>]* src="https:\/\/acme.example\/logo.png"/);
  expect(html).toContain("border-top:4px solid #8a1c1c");
  await linkTo(server, "ines@example.com");
  const said = (await server.mails.find(({ to }) => to === "ines@example.com")?.parse())?.text;
  expect(said?.replace(/\s+/g, " ")).toContain(`${email} invites you to the console of Acme Lines as admin`);
});

test("asking for mail to an address ends after three", async () => {
  const answers = [];
  for (let i = 0; i < 4; i++) answers.push((await root("/sign-in-link", { email: "often@example.com" })).status);
  expect(answers).toEqual([200, 200, 200, 429]);
});

test("no secret is in the worker's log at its most talkative: passwords of mail servers, links, tokens", async () => {
  const said: string[] = [];
  const known = new Set<string | undefined>();
  const server = await startMailServer(
    {},
    {
      // Each login is refused once.
      onAuth: ({ username }, _session, answer) => {
        if (known.has(username)) return answer(null, { user: username });
        known.add(username);
        return answer(smtpError(535, "5.7.8 wrong"));
      },
    },
  );
  const tenant = await stack.tenant("talkative");
  const own = { host: "127.0.0.1", port: server.port, security: "none", username: "own", password: "own-secret-1" };
  await tenant.key()("PATCH", "/admin/mail/settings", { ...own, fromAddress: "own@talkative.example" });
  await signUp("vera@example.com", "vera");
  await root("/sign-in-link", { email: "vera@example.com" });
  await root("/password-reset", { email: "vera@example.com" });
  const notified = { userId: "kim", email: "kim@example.com", type: "Delay", subject: "Late", message: "Ten minutes" };
  await tenant.key()("POST", "/Notifications", notified);
  const url = server.url.replace("//", "//shared:shared-secret-2@");
  const config = configFor(stack.database, { mail: { url, from: "s@parley.example" }, logLevel: "trace" });
  const output = { write: (line: string) => void said.push(line) };
  const mail = { patience: { first: 50, longest: 100 } };
  opened.push(server, await startWorker(config, { look: 50, output, mail }));
  const sent = () => server.mails.filter(({ to }) => to === "vera@example.com").length === 2 && server.mails.length > 2;
  await expect.poll(sent, until).toBe(true);
  await expect.poll(() => said.join("").includes("535"), until).toBe(true); // what went wrong is told
  const mails = (await Promise.all(server.mails.map((one) => one.parse()))).map(({ text }) => text ?? "").join("\n");
  const tokens = [...mails.matchAll(/(?:link=|token=|\/u\/)(\S+)/g)].map(([, token = ""]) => token);
  expect(tokens.length).toBeGreaterThanOrEqual(3);
  const log = said.join("");
  for (const secret of ["own-secret-1", "shared-secret-2", testSecret, ...tokens]) expect(log).not.toContain(secret);
  for (const pair of ["own\0own-secret-1", "shared\0shared-secret-2"])
    expect(log).not.toContain(Buffer.from(`\0${pair}`).toString("base64"));
  expect(log).not.toContain("smtp://");
});

test("without a mail server the embedded default logs the links, at whatever level; elsewhere none is logged", async () => {
  await signUp("elsa@example.com", "elsa");
  const owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  opened.push({ close: () => owner.end() });
  const waiting = async () =>
    (await owner.query("select from graphile_worker._private_jobs where payload ->> 'email' = 'elsa@example.com'"))
      .rowCount;
  const linksOf = async (embedded: boolean, logLevel: Config["logLevel"]) => {
    const said: string[] = [];
    const { database, ...config } = configFor(stack.database, { logLevel });
    const output = { write: (line: string) => void said.push(line) };
    const worker = await startWorker({ ...config, database: { ...database, embedded } }, { look: 50, output });
    expect((await root("/sign-in-link", { email: "elsa@example.com" })).status).toBe(200);
    await expect.poll(waiting, until).toBe(0);
    await worker.close();
    return said.join("").match(/\/sign-in\?link=\S+?"/g)?.length ?? 0;
  };
  expect(await linksOf(true, "silent")).toBe(1);
  expect(await linksOf(true, "info")).toBe(1);
  expect(await linksOf(false, "trace")).toBe(0);
});

test("the cookie of a session that is over keeps nobody from asking for a link, signing up or reading an invitation", async () => {
  const over = consoleHeaders(await writeSessionToken(testSecret, "01900000-0000-7000-8000-000000000000"));
  const get = async (path: string, headers = over) =>
    (await call(`${stack.url}/api/console${path}`, "GET", undefined, headers)).status;
  expect(await get("/account")).toBe(401);
  expect((await root("/password-reset", { email: "olga@example.com" }, over)).status).toBe(200);
  expect([await get("/sign-up"), await get("/invitations/x.y")]).toEqual([200, 404]);
  expect(await get("/sign-up", { ...over, origin: "https://evil.example" })).toBe(403);
});

test("codes of one person are counted together, by whatever link or password they come", async () => {
  const { db } = stack.api.services;
  const { personId, email } = await makeOperator(db, testSecret, undefined);
  const { stored } = makeTotpSecret(testSecret, { id: personId, email });
  const links = [makeLink(), makeLink()];
  const recovery = makeRecoveryCodes();
  const factors = { totpSecret: stored, totpConfirmedAt: new Date(), recoveryHashes: recovery.hashes };
  const passwordHash = await hashPassword(password);
  await asInstallation(db, async (tx) => {
    await savePerson(tx, personId, { ...factors, passwordHash });
    const expiresAt = new Date(Date.now() + 60_000);
    for (const { hash } of links) await insertLink(tx, { kind: "sign-in", hash, personId, expiresAt });
  });
  const internal = { "x-parley-internal": internalKey(testSecret) };
  const byLink = (n: number, code?: string) => root("/sessions/by-link", { token: links[n]?.token, code }, internal);
  const byPassword = (code?: string) => root("/sessions", { email, password, code }, internal);
  for (const n of [0, 1]) for (let i = 0; i < 5; i++) expect((await byLink(n, "no such code")).status).toBe(200);
  const [good] = recovery.codes;
  expect([(await byLink(1, good)).status, (await byPassword(good)).status]).toEqual([429, 429]);
  // Who has not got as far as a code is told so as before.
  expect([(await byLink(1)).body, (await byPassword()).body]).toEqual(Array(2).fill({ outcome: "code-needed" }));
});
