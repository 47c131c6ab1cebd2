import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { ApiKey } from "./schema.ts";

type NewKey = ApiKey & { key: string };

let stack: Stack;
let tenant: TestTenant;
let count = 0;

beforeAll(async () => {
  stack = await startStack();
});
beforeEach(async () => {
  tenant = await stack.tenant(`acme-${++count}`);
});
afterAll(() => stack.close());

const statusOf = async (key: string) => (await tenant.key({ "x-api-key": key })("GET", "/admin/tenant")).status;
const rotate = (which: string, key = tenant.secondaryKey) =>
  tenant.key({ "x-api-key": key })<NewKey>("POST", `/admin/api-keys/${which}/regenerate`);

describe("succeeds", () => {
  test.each(["primary", "Secondary"])(
    "for the %s: the new key works, the old one of its kind is dead at once",
    async (which) => {
      const [old, other] =
        which === "primary" ? [tenant.primaryKey, tenant.secondaryKey] : [tenant.secondaryKey, tenant.primaryKey];
      const { status, body } = await rotate(which, other);
      expect(status).toBe(200);
      expect(body).toMatchObject({
        kind: which.toLowerCase(),
        scopes: expect.arrayContaining(["admin", "act-as", "tokens:create"]),
      });
      expect(await Promise.all([statusOf(body.key), statusOf(other), statusOf(old)])).toEqual([200, 200, 401]);
    },
  );

  test("for a named key, with its name and scopes", async () => {
    const named = (await tenant.key()<NewKey>("POST", "/admin/api-keys", { name: "bot", scopes: ["admin"] })).body;
    const { body } = await rotate(named.id);
    expect(body).toMatchObject({ kind: "named", name: "bot", scopes: ["admin"] });
    expect(body.id).not.toBe(named.id);
    expect(await Promise.all([statusOf(body.key), statusOf(named.key)])).toEqual([200, 401]);
  });

  test("for the very key that asks", async () => {
    const { body } = await rotate("primary", tenant.primaryKey);
    expect(await Promise.all([statusOf(body.key), statusOf(tenant.primaryKey)])).toEqual([200, 401]);
  });

  test("ten times at once: one primary is left, and it is one of the answers", async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => rotate("primary")));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    const { body } = await tenant.key({ "x-api-key": tenant.secondaryKey })<{ data: ApiKey[] }>(
      "GET",
      "/admin/api-keys",
    );
    const primaries = body.data.filter(({ kind }) => kind === "primary");
    expect(primaries).toHaveLength(1);
    const alive = await Promise.all(answers.map(({ body: { key } }) => statusOf(key)));
    expect(alive.filter((status) => status === 200)).toHaveLength(1);
    expect(answers[alive.indexOf(200)]?.body.id).toBe(primaries[0]?.id);
  });
});

describe("replays", () => {
  test("the same new key under the same idempotency key, once the old is dead", async () => {
    const again = () =>
      tenant.key({ "x-api-key": tenant.secondaryKey })<NewKey>(
        "POST",
        "/admin/api-keys/primary/regenerate",
        undefined,
        { "idempotency-key": "one" },
      );
    const first = await again();
    expect((await again()).body).toEqual(first.body);
    expect(await statusOf(first.body.key)).toBe(200);
  });
});

describe("refuses", () => {
  test("other kinds and ids of nobody with 404", async () => {
    for (const which of ["tertiary", "named", "0190b6a4-0000-7000-8000-000000000000", "%00"])
      expect((await rotate(which)).status).toBe(404);
  });

  test("a key of another tenant with 404", async () => {
    const other = await stack.tenant(`other-${count}`);
    const theirs = (await other.key()<NewKey>("POST", "/admin/api-keys", { name: "bot", scopes: ["admin"] })).body;
    expect((await rotate(theirs.id)).status).toBe(404);
  });

  test("users that are no Admin with 403", async () => {
    expect((await tenant.as("ada")("POST", "/admin/api-keys/primary/regenerate")).status).toBe(403);
    expect((await tenant.as("root", ["Admin"])("POST", "/admin/api-keys/primary/regenerate")).status).toBe(200);
  });
});
