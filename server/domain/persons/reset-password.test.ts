import { afterAll, beforeAll, expect, test } from "vitest";
import { internalKey } from "../../auth/api-key.ts";
import { bodyHashOf } from "../../caller.ts";
import { consoleHeaders, makeOperator } from "../../testing/console.ts";
import { call, type Stack, startStack, testSecret } from "../../testing/stack.ts";
import { makeResetLink } from "./make-reset-link.ts";
import { asInstallation, savePerson } from "./store.ts";

// What strangers may send with a password in it.

let stack: Stack;
const password = "a password that is long";

beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

const root = (path: string, body: unknown, headers = {}) =>
  call(`${stack.url}/api/console${path}`, "POST", body, headers);

test("a link made by whoever runs the machine lets in who has lost password and code", async () => {
  const { db } = stack.api.services;
  const { email, personId } = await makeOperator(db, testSecret, undefined);
  const factors = { totpSecret: "sealed", totpConfirmedAt: new Date(), recoveryHashes: ["one"] };
  await asInstallation(db, (tx) => savePerson(tx, personId, factors));
  const signIn = async () =>
    (await root("/sessions", { email, password }, { "x-parley-internal": internalKey(testSecret) })).body;
  const link = new URL(await makeResetLink(db, stack.url, email));
  expect(link.pathname).toBe("/reset");
  const token = link.searchParams.get("token");
  expect((await root("/password-reset/finish", { token, password })).status).toBe(200);
  expect(await signIn()).toMatchObject({ outcome: "signed-in" });
  expect((await root("/password-reset/finish", { token, password })).status).toBe(403);
  await expect(makeResetLink(db, stack.url, "nobody@example.com")).rejects.toMatchObject({ code: "not_found" });
});

test("whoever tries links that set a password runs out of tries, of whatever kind they are", async () => {
  const tries = [
    () => root("/password-reset/finish", { token: "none", password }),
    () => root("/invitations/acme.none/accept", { token: "none", password }),
  ];
  const seen = new Set<number>();
  for (let i = 0; i < 80; i++) seen.add((await tries[i % 2]?.())?.status ?? 0);
  expect([...seen].sort()).toEqual([403, 404, 429]);
});

test("one person makes so many tenants at once, then no faster", async () => {
  const { session } = await makeOperator(stack.api.services.db, testSecret, undefined);
  const make = async (i: number) =>
    (await root("/account/tenants", { id: `more-${i}`, name: "More" }, consoleHeaders(session))).status;
  const statuses = await Promise.all(Array.from({ length: 25 }, (_, i) => make(i)));
  expect(new Set(statuses)).toEqual(new Set([201, 429]));
  expect(statuses.filter((status) => status === 201).length).toBeGreaterThanOrEqual(20);
});

test("what is kept of a sign-up for its repeats is no hash to guess the password by", async () => {
  const said = { email: "paul@example.com", password, tenant: "pauls", tenantName: "pauls" };
  const once = { "idempotency-key": "paul signs up" };
  const first = await root("/sign-up", said, once);
  expect(await root("/sign-up", said, once)).toMatchObject({ status: 201, body: first.body });
  const kept = await asInstallation(stack.api.services.db, (tx) =>
    tx.idempotencyKey.findMany({ where: { key: "paul signs up" } }),
  );
  expect(kept).toHaveLength(1);
  expect(JSON.stringify(kept)).not.toContain(bodyHashOf(said));
});
