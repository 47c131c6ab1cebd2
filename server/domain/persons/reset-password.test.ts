import { afterAll, beforeAll, expect, test } from "vitest";
import { bodyHashOf } from "../../caller.ts";
import { call, type Stack, startStack } from "../../testing/stack.ts";
import { asInstallation } from "./store.ts";

// What strangers may send with a password in it.

let stack: Stack;
const password = "a password that is long";

beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

const root = (path: string, body: unknown, headers = {}) =>
  call(`${stack.url}/api/console${path}`, "POST", body, headers);

test("whoever tries links that set a password runs out of tries, of whatever kind they are", async () => {
  const tries = [
    () => root("/password-reset/finish", { token: "none", password }),
    () => root("/invitations/acme.none/accept", { token: "none", password }),
  ];
  const seen = new Set<number>();
  for (let i = 0; i < 80; i++) seen.add((await tries[i % 2]?.())?.status ?? 0);
  expect([...seen].sort()).toEqual([403, 404, 429]);
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
