import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { type ApiKey, maxKeys } from "./schema.ts";

type NewKey = ApiKey & { key: string };

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

const create = (body: unknown) => tenant.key()<NewKey>("POST", "/admin/api-keys", body);

describe("succeeds", () => {
  test("with 201 and a key that may do just what its scopes say", async () => {
    const { status, body } = await create({ name: "  Reader  ", scopes: ["users:read", "users:read"] });
    expect(status).toBe(201);
    expect(body).toMatchObject({ kind: "named", name: "Reader", scopes: ["users:read"] });
    expect(body.key).toMatch(/^parley_acme_[\w-]{43}$/);
    expect(body.hint).toContain(body.key.slice(-4));
    const reader = tenant.key({ "x-api-key": body.key });
    expect((await reader("GET", "/Users/nobody")).status).toBe(404);
    expect((await reader("PUT", "/Users/nobody", {})).body).toMatchObject({ code: "scope_missing" });
    expect((await reader("GET", "/admin/api-keys")).body).toMatchObject({ code: "scope_missing" });
  });

  test("and stores nothing that could be used as the key", async () => {
    const { body } = await create({ name: "hidden", scopes: ["admin"] });
    const rows = await stack.api.services.db.forTenant(tenant.tenantId).apiKey.findMany();
    expect(JSON.stringify(rows)).not.toContain(body.key.slice(12, -4));
    expect(JSON.stringify((await tenant.key()("GET", "/admin/api-keys")).body)).not.toContain(body.key);
  });
});

describe("refuses", () => {
  test.each([
    ["no name", { scopes: ["admin"] }],
    ["a blank name", { name: "  ", scopes: ["admin"] }],
    ["no scopes", { name: "x", scopes: [] }],
    ["a scope that does not exist", { name: "x", scopes: ["everything"] }],
    ["NUL in the name", { name: "a\u0000", scopes: ["admin"] }],
  ])("%s with 400", async (_name, body) => {
    expect((await create(body)).status).toBe(400);
  });

  test("users with 403", async () => {
    expect((await tenant.as("ada")("POST", "/admin/api-keys", { name: "x", scopes: ["admin"] })).status).toBe(403);
  });

  test(`more than ${maxKeys} keys with 409, whoever asks at the same time`, async () => {
    const crowd = await stack.tenant("crowd");
    const { db, security } = stack.api.services;
    const row = (n: number) => ({
      tenantId: "crowd",
      id: crypto.randomUUID(),
      kind: "named",
      name: `${n}`,
      hash: `${n}`,
      hint: "",
      scopes: [],
    });
    await db
      .forTenant(crowd.tenantId)
      .apiKey.createMany({ data: Array.from({ length: maxKeys - 3 }, (_, n) => row(n)) });
    security.invalidate(crowd.tenantId);
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => crowd.key()("POST", "/admin/api-keys", { name: "x", scopes: ["admin"] })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
  });
});
