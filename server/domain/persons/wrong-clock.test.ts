import pg from "pg";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { internalKey } from "../../auth/api-key.ts";
import { consoleHeaders, makeOperator } from "../../testing/console.ts";
import { call, type Stack, startStack, testSecret } from "../../testing/stack.ts";
import { hashPassword } from "./hash-password.ts";
import { makeLink } from "./make-link.ts";
import { makeResetLink } from "./make-reset-link.ts";
import { asInstallation, insertLink, savePerson } from "./store.ts";

// On a machine whose clock is an hour off Postgres', by which other nodes may go.

const hour = 3_600_000;
const password = "a password that is long";
const internal = { "x-parley-internal": internalKey(testSecret) };
let stack: Stack;
let owner: pg.Client;

beforeAll(async () => {
  stack = await startStack({ mail: { url: "smtp://127.0.0.1:9", from: "Parley <service@parley.example>" } });
  owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(async () => {
  await owner.end();
  await stack.close();
});

const wrongBy = (ms: number) => vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
const root = <T = Record<string, unknown>>(path: string, body: unknown, headers: Record<string, string> = internal) =>
  call<T>(`${stack.url}/api/console${path}`, "POST", body, headers);

/** An operator of no tenant who has a password. */
async function operator() {
  const { db } = stack.api.services;
  const made = await makeOperator(db, testSecret, undefined);
  const passwordHash = await hashPassword(password);
  await asInstallation(db, (tx) => savePerson(tx, made.personId, { passwordHash, verifiedAt: new Date() }));
  return made;
}

/** What a statement says of a person, in whole minutes. */
async function minutes(sql: string, of: string): Promise<number> {
  const { rows } = await owner.query<{ minutes: number }>(
    `select round(extract(epoch from ${sql}) / 60)::int as minutes`,
    [of],
  );
  return rows[0]?.minutes ?? Number.NaN;
}

test("a link that another node made is good, and no link of others is taken for over", async () => {
  const { db } = stack.api.services;
  const [mine, other] = [await operator(), await operator()];
  const links = [makeLink(), makeLink()];
  const insert = (n: number, personId: string) =>
    asInstallation(db, async (tx) => {
      const expiresAt = new Date((await db.now()) + 15 * 60_000);
      await insertLink(tx, { kind: "sign-in", hash: links[n]?.hash ?? "", personId, expiresAt });
    });
  await insert(0, mine.personId);
  wrongBy(hour);
  await insert(1, other.personId);
  for (const { token } of links)
    expect((await root("/sessions/by-link", { token })).body).toMatchObject({ outcome: "signed-in" });
});

test.each([hour, -hour])("a link is good for as long as it says, %d ms off", async (off) => {
  const { email, personId } = await operator();
  wrongBy(off);
  await makeResetLink(stack.api.services.db, stack.url, email);
  expect(await minutes("(select expires_at from person_links where person_id = $1) - now()", personId)).toBe(60);
  expect((await root("/sign-in-link", { email }, {})).status).toBe(200);
  const until =
    "(select (payload ->> 'until')::timestamptz from graphile_worker._private_jobs where payload ->> 'email' = $1)";
  expect(await minutes(`${until} - now()`, email)).toBe(15);
});

test.each([hour, -hour])("a password that was given just now lets dangerous calls through, %d ms off", async (off) => {
  const { sessionId, session } = await operator();
  const start = () => root("/account/totp", {}, consoleHeaders(session));
  const setSudo = "update person_sessions set sudo_until = now() + $2 * interval '1 minute' where id = $1";
  const reread = () => stack.api.services.security.sessions.forget();
  wrongBy(off);
  for (const [left, status] of [
    [10, 200],
    [-1, 403],
  ]) {
    await owner.query(setSudo, [sessionId, left]);
    reread();
    expect([left, (await start()).status]).toEqual([left, status]);
  }
  expect((await root("/account/reauthenticate", { password }, consoleHeaders(session))).status).toBe(200);
  expect(await minutes("(select sudo_until from person_sessions where id = $1) - now()", sessionId)).toBe(10);
});
