import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeToken } from "../../auth/token.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

interface Token {
  token: string;
  expiresAt: string;
}

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

const create = (body: unknown, headers?: Record<string, string>) =>
  tenant.key()<Token>("POST", "/tokens", body, headers);
const whoAmI = (token: string) =>
  fetch(`${tenant.url}/Chat`, { headers: { authorization: `Bearer ${token}` } }).then((answer) => answer.status);

describe("succeeds", () => {
  test("with 201, a token that works and the time it ends", async () => {
    const asked = Date.now();
    const { status, body } = await create({ userId: "ada" });
    expect(status).toBe(201);
    const { payload, header } = decodeToken(body.token);
    expect(header.alg).toBe("HS256");
    expect(payload).toMatchObject({ sub: "ada", tenantId: "acme", groups: [], iss: "parley:acme" });
    expect(Number(payload.exp) * 1000).toBe(Date.parse(body.expiresAt));
    expect(Date.parse(body.expiresAt)).toBeGreaterThan(asked + 3_595_000);
    expect(Date.parse(body.expiresAt)).toBeLessThan(Date.now() + 3_605_000);
    expect(await whoAmI(body.token)).toBe(200);
  });

  test("with groups and a life of its own", async () => {
    const { body } = await create({ userId: "root", groups: ["Crew", "Admin"], expiresInSeconds: 86_400 });
    expect(decodeToken(body.token).payload).toMatchObject({ groups: ["Crew", "Admin"] });
    const admin = await fetch(`${tenant.url}/admin/tenant`, { headers: { authorization: `Bearer ${body.token}` } });
    expect(admin.status).toBe(200);
  });

  test("and lives as long as was asked for, wherever in a second it is made", async () => {
    for (let n = 0; n < 5; n++) {
      const asked = Date.now();
      const { body } = await create({ userId: "ada", expiresInSeconds: 1 });
      expect(Date.parse(body.expiresAt) - asked).toBeGreaterThanOrEqual(1000);
      await sleep(170);
    }
  });

  test("and makes the user known", async () => {
    await create({ userId: "newcomer" });
    expect(await tenant.key()("GET", "/Users/newcomer")).toMatchObject({
      status: 200,
      body: { userId: "newcomer", metadata: {} },
    });
  });

  test("after a revocation, with a token that is good at once", async () => {
    await tenant.key()("POST", "/admin/users/back/revoke");
    for (let n = 0; n < 5; n++) expect(await whoAmI((await create({ userId: "back" })).body.token)).toBe(200);
  });
});

describe("replays", () => {
  test("the same token under the same key, which is stored sealed", async () => {
    const key = { "idempotency-key": crypto.randomUUID() };
    const first = await create({ userId: "ada" }, key);
    const again = await create({ userId: "ada" }, key);
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect((await create({ userId: "ben" }, key)).status).toBe(422);
    const rows = await stack.api.services.db.forTenant(tenant.tenantId).idempotencyKey.findMany();
    expect(JSON.stringify(rows)).not.toContain(first.body.token.split(".")[2]);
  });
});

describe("refuses", () => {
  test.each([
    ["no user", {}],
    ["an empty user", { userId: "" }],
    ["a user of 129 characters", { userId: "x".repeat(129) }],
    ["a control character", { userId: "a\nb" }],
    ["no time", { userId: "ada", expiresInSeconds: 0 }],
    ["more than a day", { userId: "ada", expiresInSeconds: 86_401 }],
    ["groups that are no text", { userId: "ada", groups: [5] }],
  ])("%s with 400", async (_name, body) => {
    expect(await create(body)).toMatchObject({ status: 400, body: { code: "invalid" } });
  });

  test("users, Admins among them, with 403", async () => {
    expect((await tenant.as("ada")("POST", "/tokens", { userId: "ben" })).status).toBe(403);
    expect((await tenant.as("root", ["Admin"])("POST", "/tokens", { userId: "ben" })).status).toBe(403);
  });

  test("a key without the scope with 403", async () => {
    const { body } = await tenant.key()<{ key: string }>("POST", "/admin/api-keys", {
      name: "reader",
      scopes: ["chats:read"],
    });
    const answer = await create({ userId: "ada" }, { "x-api-key": body.key });
    expect(answer).toMatchObject({ status: 403, body: { code: "scope_missing" } });
  });

  test("admin rights from a key without them with 403", async () => {
    const { body } = await tenant.key()<{ key: string }>("POST", "/admin/api-keys", {
      name: "issuer of tokens",
      scopes: ["tokens:create"],
    });
    const inGroups = (groups: string[]) => create({ userId: "ada", groups }, { "x-api-key": body.key });
    expect(await inGroups(["Staff", "Admin"])).toMatchObject({ status: 403, body: { code: "scope_missing" } });
    expect((await inGroups(["Staff", "admin"])).status).toBe(201);
  });

  test("with 409 while the tenant's own issuer is switched off", async () => {
    const other = await stack.tenant("switched-off");
    const { body } = await other.key()<{ data: { id: string }[] }>("GET", "/admin/issuers");
    await other.key()("PATCH", `/admin/issuers/${body.data[0]?.id}`, { enabled: false });
    expect(await other.key()("POST", "/tokens", { userId: "ada" })).toMatchObject({
      status: 409,
      body: { code: "conflict" },
    });
  });
});
