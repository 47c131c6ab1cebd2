import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../../testing/hub-client.ts";
import { sessionsWaiting } from "../../testing/sessions-waiting.ts";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Chat } from "../chats/schema.ts";

interface Added {
  chatId: string;
  added: string[];
  memberCount: number;
}

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

const createChat = async (body: object = {}) =>
  (await ada<Chat>("POST", "/Chat", { memberUserIds: ["ben"], ...body })).body;
const add = (caller: Caller, chat: Chat, body: unknown, headers?: Record<string, string>) =>
  caller<Added>("POST", `/Chat/${chat.id}/members`, body, headers);

describe("succeeds", () => {
  test.each([
    ["{userId}", { userId: "cleo" }],
    ["{userIds}", { userIds: ["cleo", "cleo"] }],
    ["{memberUserIds}", { memberUserIds: ["cleo"] }],
    ["any letter case", { UserId: "cleo", UserIds: null }],
    ["a present member too, who stays as it is", { userIds: ["ben", "cleo", "ada"] }],
  ])("with %s", async (_name, body) => {
    const chat = await createChat();
    expect(await add(ben, chat, body)).toMatchObject({
      status: 200,
      body: { chatId: chat.id, added: ["cleo"], memberCount: 3 },
    });
    expect((await tenant.as("cleo")<Chat>("GET", `/Chat/${chat.id}`)).body).toMatchObject({ memberCount: 3 });
  });

  test.each([
    ["no body", undefined, {}],
    ["an empty one that says JSON", "", { "content-type": "application/json; charset=utf-8" }],
    ["an empty one of another type", "", { "content-type": "text/plain" }],
    ["an empty one of no type", "", { "content-type": "undefined" }],
    ["{}", {}, {}],
  ])("with the user in the address and %s", async (_name, body, headers) => {
    const chat = await createChat();
    const answer = await ada<Added>("POST", `/Chat/${chat.id}/members/cleo%20%2F%20ops`, body, headers);
    expect(answer).toMatchObject({ status: 200, body: { added: ["cleo / ops"] } });
  });

  test("and gives a chat that everybody left an owner: the first of those whom the tenant adds", async () => {
    const chat = await createChat();
    for (const userId of ["ben", "ada"]) await tenant.key()("DELETE", `/admin/chats/${chat.id}/members/${userId}`);
    await tenant.key()("POST", `/admin/chats/${chat.id}/members`, { userIds: ["dora", "emil"] });
    const roleOf = async (id: string) => (await tenant.as(id)<Chat>("GET", `/Chat/${chat.id}`)).body.role;
    expect([await roleOf("dora"), await roleOf("emil")]).toEqual(["owner", "member"]);
  });

  test("as what the tenant says, from the first moment on, and who owned the chat instead steps down", async () => {
    const chat = await createChat({ memberUserIds: ["ben", "cleo"] });
    const members = `/admin/chats/${chat.id}/members`;
    const { body: removed } = await tenant.key()<{ heir: object }>("DELETE", `${members}/ada`);
    expect(removed).toMatchObject({ heir: { userId: "ben", role: "member" } });
    const after = (await ben<{ nextCursor: string }>("GET", "/events")).body.nextCursor;
    const mutedUntil = "9999-01-01T00:00:00.000Z";
    const back = { userIds: ["ada", "cleo"], role: "owner", mutedUntil, heir: removed.heir };
    expect((await tenant.key()<Added>("POST", members, back)).body.added).toEqual(["ada"]);
    const { body } = await ben<{ data: object[] }>("GET", `/events?after=${after}`);
    expect(body.data).toMatchObject([
      { type: "member.added", data: { userId: "ada", role: "owner" } },
      { type: "member.updated", data: { userId: "ben", role: "member" } },
    ]);
    expect((await tenant.key()<{ data: object[] }>("GET", members)).body.data).toMatchObject([
      { userId: "ada", role: "owner", mutedUntil },
      { userId: "ben", role: "member", mutedUntil: null },
      { userId: "cleo", role: "member", mutedUntil: null },
    ]);
    expect(await ada("POST", `/Chat/${chat.id}/messages`, { content: "x" })).toMatchObject({ body: { code: "muted" } });
  });

  test("and so too with as many as take several steps: the owner steps down in the first, and stays one who is made one again", async () => {
    const chat = await createChat();
    const members = `/admin/chats/${chat.id}/members`;
    const userIds = Array.from({ length: 600 }, (_, i) => `passenger-${i}`);
    const [rival, watcher] = [await asOwner(), await asOwner()];
    const waiting = (n: number) => eventually(async () => expect(await sessionsWaiting(watcher)).toBe(n));
    await rival.query("begin; select 1 from tenant_log where tenant_id = 'acme' for update");
    const adding = tenant.key()<Added>("POST", members, {
      userIds,
      role: "owner",
      heir: { userId: "ada", role: "member" },
    });
    await waiting(1);
    const promoting = tenant.key()("PATCH", `${members}/ada`, { role: "owner" }); // between the first step and the second
    await waiting(2);
    await rival.query("commit");
    await Promise.all([rival.end(), watcher.end()]);
    expect(await adding).toMatchObject({ status: 200, body: { added: userIds, memberCount: 602 } });
    expect((await promoting).status).toBe(200);
    expect((await ada<Chat>("GET", `/Chat/${chat.id}`)).body.role).toBe("owner");
  });

  test("and leave a chat an owner, whatever is asked for", async () => {
    const chat = await createChat();
    const members = `/admin/chats/${chat.id}/members`;
    await tenant.key()("POST", members, { userIds: ["cleo"], heir: { userId: "ada", role: "member" } });
    expect((await ada<Chat>("GET", `/Chat/${chat.id}`)).body.role).toBe("owner");
    for (const userId of ["cleo", "ben", "ada"]) await tenant.key()("DELETE", `${members}/${userId}`);
    await tenant.key()("POST", members, { userIds: ["ben"], role: "member" });
    expect((await ben<Chat>("GET", `/Chat/${chat.id}`)).body.role).toBe("owner");
  });

  test("and changes nothing for a present member: no event, no second count, same role", async () => {
    const chat = await createChat();
    const after = (await ada<{ nextCursor: string }>("GET", "/events")).body.nextCursor;
    expect((await add(ben, chat, { userIds: ["ada", "ben"] })).body).toMatchObject({ added: [], memberCount: 2 });
    expect((await ada<Chat>("GET", `/Chat/${chat.id}`)).body.role).toBe("owner");
    expect((await ada<{ data: [] }>("GET", `/events?after=${after}`)).body.data).toEqual([]);
  });

  test("without making old messages unread for the newcomer, who may read them", async () => {
    const chat = await createChat();
    await ada("POST", `/Chat/${chat.id}/messages`, { content: "before" });
    await add(ada, chat, { userId: "cleo" });
    const cleo = tenant.as("cleo");
    expect((await cleo<Chat>("GET", `/Chat/${chat.id}`)).body).toMatchObject({ unreadCount: 0, lastReadSeq: 1 });
    const { body } = await cleo<{ data: object[] }>("GET", `/Chat/${chat.id}/messages`);
    expect(body.data).toMatchObject([{ content: "before" }]);
  });

  test("with a thousand at once, each counted and told once", async () => {
    const chat = await createChat();
    const userIds = Array.from({ length: 1000 }, (_, i) => `passenger-${i}`);
    expect((await add(ada, chat, { userIds })).body).toMatchObject({ memberCount: 1002 });
    expect((await add(ada, chat, { userIds: [...userIds, "late"] })).status).toBe(400);
    expect((await add(ada, chat, { userIds: userIds.slice(0, 999), userId: "late" })).body.added).toEqual(["late"]);
  });

  test("once, when many add the same person at once", async () => {
    const chat = await createChat();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => add(i % 2 ? ada : ben, chat, { userId: "cleo" })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(answers.flatMap(({ body }) => body.added)).toEqual(["cleo"]);
    expect((await ada<Chat>("GET", `/Chat/${chat.id}`)).body.memberCount).toBe(3);
  });

  test("in a moderated chat for owner, moderators and Admins", async () => {
    const chat = await createChat({ policy: "moderated" });
    expect(await add(ben, chat, { userId: "cleo" })).toMatchObject({ status: 403, body: { code: "forbidden" } });
    expect((await add(tenant.as("ben", ["Admin"]), chat, { userId: "cleo" })).status).toBe(200);
    await ada("PATCH", `/Chat/${chat.id}/members/ben`, { role: "moderator" });
    expect((await add(ben, chat, { userId: "dora" })).body.added).toEqual(["dora"]);
  });
});

describe("in steps", () => {
  const userIds = Array.from({ length: 600 }, (_, i) => `crew-${i}`);
  /** Does something as each of a kind of row comes in. */
  async function whenAdded(what: string, run: () => Promise<void>): Promise<void> {
    const owner = await asOwner();
    await owner.query(
      `create function meanwhile() returns trigger language plpgsql as $$ begin ${what}; return new; end $$`,
    );
    await owner.query(`create trigger meanwhile after insert on members for each row execute function meanwhile()`);
    await run().finally(() => owner.query("drop function meanwhile cascade"));
    await owner.end();
  }

  test("whoever is put out between two is told who was added, also by a repeat under the key", async () => {
    const chat = await createChat();
    const key = { "idempotency-key": crypto.randomUUID() };
    const out = `if new.user_id = 'crew-499' then delete from members where chat_id = new.chat_id and user_id = 'ada'; end if`;
    await whenAdded(out, async () => {
      const first = await add(ada, chat, { userIds }, key);
      expect(first).toMatchObject({ status: 200, body: { chatId: chat.id, added: userIds.slice(0, 500) } });
    });
    expect((await ben<Chat>("GET", `/Chat/${chat.id}`)).body.memberCount).toBe(502);
    await add(ben, chat, { userId: "ada" });
    expect((await add(ada, chat, { userIds }, key)).body.added).toHaveLength(500);
  });

  test("nobody is told that nothing was stored when the database goes away after the first", async () => {
    const chat = await createChat();
    const away = `if new.user_id = 'crew-599' then raise sqlstate '57P01'; end if`;
    await whenAdded(away, async () => {
      expect(await add(ada, chat, { userIds })).toMatchObject({ status: 503, body: { code: "outcome-unknown" } });
      const few = await add(ada, chat, { userId: "crew-599" });
      expect(few).toMatchObject({ status: 503, body: { code: "unavailable" } });
    });
    expect((await add(ada, chat, { userIds })).body).toMatchObject({ added: userIds.slice(500), memberCount: 602 });
  });
});

describe("replays", () => {
  test("the first answer under the same key, also after the member left again", async () => {
    const chat = await createChat();
    const key = { "idempotency-key": crypto.randomUUID() };
    const first = await add(ada, chat, { userId: "cleo" }, key);
    await ada("DELETE", `/Chat/${chat.id}/members/cleo`);
    const again = await add(ada, chat, { userId: "cleo" }, key);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect((await tenant.as("cleo")("GET", `/Chat/${chat.id}`)).status).toBe(404);
  });

  test("nothing of a wide addition under a used key: 422 and nobody was added", async () => {
    const chat = await createChat();
    const key = { "idempotency-key": crypto.randomUUID() };
    await add(ada, chat, { userId: "cleo" }, key);
    const userIds = Array.from({ length: 600 }, (_, i) => `passenger-${i}`);
    expect((await add(ada, chat, { userIds }, key)).status).toBe(422);
    expect((await ada<Chat>("GET", `/Chat/${chat.id}`)).body.memberCount).toBe(3);
  });
});

const names = (of: string) => Array.from({ length: 501 }, (_, i) => `${of}-${i}`);

test.each([
  ["nobody", {}, "userId"],
  ["more than a thousand, by two fields", { userIds: names("deck"), memberUserIds: names("crew") }, "userIds"],
  ["an empty list", { userIds: [] }, "userId"],
  ["an empty id", { userId: "" }, "userId"],
  ["a number", { userId: 7 }, "userId"],
  ["an id that addresses are read without", { userId: ".." }, "userId"],
  ["129 characters", { userId: "x".repeat(129) }, "userId"],
])("bad input: %s", async (_name, body, field) => {
  const chat = await createChat();
  expect(await add(ada, chat, body)).toMatchObject({
    status: 400,
    body: { errors: { [field]: [expect.any(String)] } },
  });
});

test("a direct chat keeps its two members, whoever says otherwise: 409", async () => {
  const chat = await createChat({ kind: "direct" });
  const conflict = { status: 409, body: { code: "conflict" } };
  expect(await add(ada, chat, { userId: "cleo" })).toMatchObject(conflict);
  const members = `/admin/chats/${chat.id}/members`;
  expect(await tenant.key()("POST", members, { userIds: ["cleo"] })).toMatchObject(conflict);
  expect(await tenant.key()("DELETE", `${members}/ben`)).toMatchObject(conflict);
  expect((await ben<Chat>("GET", `/Chat/${chat.id}`)).body.memberCount).toBe(2);
});

test("not a member and other tenants get 404, and add nobody", async () => {
  const chat = await createChat();
  const other = await stack.tenant("umbra");
  expect((await add(tenant.as("eve"), chat, { userId: "eve" })).status).toBe(404);
  expect((await add(other.as("ada"), chat, { userId: "eve" })).status).toBe(404);
  expect((await ada<Chat>("GET", `/Chat/${chat.id}`)).body.memberCount).toBe(2);
});

async function asOwner(): Promise<pg.Client> {
  const owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  return owner;
}
