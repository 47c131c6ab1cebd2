import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Chat } from "./schema.ts";

let stack: Stack;
let tenant: TestTenant;
let ada: Caller;
let ben: Caller;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  ada = tenant.as("ada");
  ben = tenant.as("ben");
});
afterAll(() => stack.close());

const create = (caller: Caller, body: unknown, headers?: Record<string, string>) =>
  caller<Chat>("POST", "/Chat", body, headers);
const membersOf = async (chat: Chat) =>
  (await ada<{ data: string[] }>("GET", `/Chat/${chat.id}/members?pageSize=50`)).body.data;

describe("succeeds", () => {
  test("with 201; the caller is a member without listing itself, ids count once", async () => {
    const { status, body } = await create(ada, { name: "Crew", memberUserIds: ["ben", "cleo", "ben", "ada"] });
    expect(status).toBe(201);
    expect(body).toMatchObject({ name: "Crew", createdBy: "ada", memberCount: 3, kind: "group", lastSeq: 0 });
    expect(body).toMatchObject({ role: "owner", unreadCount: 0, lastReadSeq: 0, policy: "open", metadata: {} });
    expect(new Date(body.createdAt).toISOString()).toBe(body.createdAt);
    expect(await membersOf(body)).toEqual(["ada", "ben", "cleo"]);
    expect((await ben<Chat>("GET", `/Chat/${body.id}`)).body).toMatchObject({ id: body.id, role: "member" });
  });

  test.each([
    ["nothing", {}],
    ["no body", undefined],
    ["nulls for what is optional", { name: null, memberUserIds: null, kind: null, metadata: null }],
    ["keys that nobody knows", { colour: "red", isPrivate: true }],
  ])("with %s: a chat of one's own", async (_name, body) => {
    expect(await create(ada, body)).toMatchObject({ status: 201, body: { name: "", memberCount: 1 } });
  });

  test.each(["MemberUserIds", "memberuserids", "userIds", "members"])("with the members as %s", async (field) => {
    expect((await create(ada, { [field]: ["ben"] })).body.memberCount).toBe(2);
  });

  test("with a thousand members", async () => {
    const memberUserIds = Array.from({ length: 1000 }, (_, i) => `passenger-${i}`);
    expect((await create(ada, { memberUserIds })).body.memberCount).toBe(1001);
  });
});

describe("a direct chat", () => {
  test("is one for the two of them: 201 the first time, 200 from then on, from either side", async () => {
    const first = await create(ada, { kind: "direct", memberUserIds: ["dora"] });
    expect(first).toMatchObject({ status: 201, body: { kind: "direct", memberCount: 2 } });
    const again = await create(tenant.as("dora"), { kind: "direct", memberUserIds: ["ada", "dora"] });
    expect(again).toMatchObject({ status: 200, body: { id: first.body.id, createdBy: "ada" } });
  });

  test("is one even when both make it at once", async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        create(i % 2 ? ada : ben, { kind: "direct", memberUserIds: [i % 2 ? "ben" : "ada"] }),
      ),
    );
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(11);
  });

  test("is made anew when the old one was deleted", async () => {
    const old = await create(ada, { kind: "direct", memberUserIds: ["finn"] });
    expect((await ada("DELETE", `/Chat/${old.body.id}`)).status).toBe(200);
    const fresh = await create(ada, { kind: "direct", memberUserIds: ["finn"] });
    expect(fresh.status).toBe(201);
    expect(fresh.body.id).not.toBe(old.body.id);
  });

  test.each([
    ["nobody", []],
    ["oneself", ["ada"]],
    ["two others", ["ben", "cleo"]],
  ])("is not to be had with %s", async (_name, memberUserIds) => {
    expect(await create(ada, { kind: "direct", memberUserIds })).toMatchObject({ status: 400 });
  });
});

describe("replays", () => {
  const key = () => ({ "idempotency-key": crypto.randomUUID() });

  test("the first answer under the same key and says so; another body is 422", async () => {
    const once = key();
    const first = await create(ada, { name: "Keyed" }, once);
    expect(first.headers.get("idempotent-replayed")).toBeNull();
    const again = await create(ada, { name: "Keyed" }, once);
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(await create(ada, { name: "Other" }, once)).toMatchObject({
      status: 422,
      body: { code: "idempotency_reused" },
    });
  });

  test("for a direct chat too, where it would be found without a key", async () => {
    const once = key();
    const first = await create(ada, { kind: "direct", memberUserIds: ["gwen"] }, once);
    const again = await create(ada, { kind: "direct", memberUserIds: ["gwen"] }, once);
    expect(again).toMatchObject({ status: 201, body: { id: first.body.id } });
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect((await create(ada, { kind: "direct", memberUserIds: ["ben"] }, once)).status).toBe(422);
  });

  test("nothing of another caller's key, and no refusal", async () => {
    const once = key();
    expect((await create(ada, { name: "x".repeat(201) }, once)).status).toBe(400);
    const first = await create(ada, { name: "Mine" }, once);
    expect(first.status).toBe(201);
    expect((await create(ben, { name: "Mine" }, once)).body.id).not.toBe(first.body.id);
  });

  test("with 409 and Retry-After while the first call runs", async () => {
    const once = key();
    const locker = new Client({ connectionString: stack.database.ownerUrl });
    await locker.connect();
    try {
      await locker.query("begin");
      await locker.query("select 1 from tenant_log where tenant_id = 'acme' for update");
      const running = create(ada, { name: "Slow" }, once);
      await waitingForHead(locker);
      const second = await create(ada, { name: "Slow" }, once);
      expect(second).toMatchObject({ status: 409, body: { code: "idempotency_running" } });
      expect(second.headers.get("retry-after")).toBe("1");
      await locker.query("commit");
      const first = await running;
      expect(first.status).toBe(201);
      expect((await create(ada, { name: "Slow" }, once)).body.id).toBe(first.body.id);
    } finally {
      await locker.end();
    }
  });

  test.each([["empty"], ["x".repeat(256)], ["späť"]])("refuses the key %#", async (value) => {
    const headers = { "idempotency-key": value === "empty" ? "" : Buffer.from(value).toString("latin1") };
    expect(await create(ada, {}, headers)).toMatchObject({ status: 400, body: { code: "invalid" } });
  });
});

/** Until some other connection waits for a row that this one has locked. */
async function waitingForHead(client: Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query(
      "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    if (rows.length > 0) return;
  }
}

describe("refuses", () => {
  test.each([
    ["201 characters of name", { name: "x".repeat(201) }, "name"],
    ["a number for a name", { name: 5 }, "name"],
    ["1,001 members", { memberUserIds: Array.from({ length: 1001 }, (_, i) => `u${i}`) }, "memberUserIds"],
    ["a member without an id", { memberUserIds: ["ben", ""] }, "memberUserIds.1"],
    ["one string for the members", { memberUserIds: "ben" }, "memberUserIds"],
    ["an unknown kind", { kind: "secret" }, "kind"],
    ["9 KiB of metadata", { metadata: { a: "x".repeat(9 * 1024) } }, "metadata"],
    ["an array", [], "body"],
  ])("%s, naming the field", async (_name, body, field) => {
    const { status, body: problem } = await create(ada, body);
    expect(status).toBe(400);
    expect(problem).toMatchObject({ code: "invalid", errors: { [field]: [expect.any(String)] } });
  });

  test("callers without a user, and other tenants", async () => {
    expect(await tenant.key()("POST", "/Chat", {})).toMatchObject({ status: 403, body: { code: "user_required" } });
    const other = await stack.tenant("umbra");
    const token = `Bearer ${await other.token("ada")}`;
    expect((await ada("POST", "/Chat", {}, { authorization: token })).status).toBe(403);
    expect((await create(other.as("ada"), { kind: "direct", memberUserIds: ["ben"] })).status).toBe(201);
  });
});
