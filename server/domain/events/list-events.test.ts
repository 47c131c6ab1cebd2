import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Chat } from "../chats/schema.ts";
import type { Message } from "../messages/schema.ts";

interface Event {
  eventId: string;
  type: string;
  tenantId: string;
  at: string;
  chatId?: string;
  seq?: number;
  data: Record<string, unknown>;
}
interface Events {
  data: Event[];
  nextCursor: string;
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
const say = async (chat: Chat, content: string, caller = ada) =>
  (await caller<Message>("POST", `/Chat/${chat.id}/messages`, { content })).body;
const now = async (caller: Caller) => (await caller<Events>("GET", "/events")).body.nextCursor;
const since = (caller: Caller, after: string, query = "") =>
  caller<Events>("GET", `/events?after=${encodeURIComponent(after)}${query}`);
const types = ({ body }: { body: Events }) => body.data.map(({ type }) => type);

describe("succeeds", () => {
  test("without after: nothing but the present position", async () => {
    expect(await ben<Events>("GET", "/events")).toMatchObject({
      status: 200,
      body: { data: [], nextCursor: expect.stringMatching(/^[\w-]+$/) },
    });
  });

  test.each(["?after=", "?after=&kinds=&wait=&limit=", "?After=%20"])(
    "the same for empty values: %s",
    async (query) => {
      expect(await ben<Events>("GET", `/events${query}`)).toMatchObject({ status: 200, body: { data: [] } });
    },
  );

  test("with what happened since, in order, in the one envelope", async () => {
    const after = await now(ben);
    const chat = await createChat({ name: "Crew" });
    const message = await say(chat, "Ahoy");
    await ada("PATCH", `/Chat/${chat.id}`, { name: "Crew 2" });
    const answer = await since(ben, after);
    expect(answer.body.data).toMatchObject([
      { type: "chat.created", tenantId: "acme", chatId: chat.id, data: { id: chat.id, name: "Crew", memberCount: 2 } },
      { type: "message.created", chatId: chat.id, seq: 1, data: { ...message } },
      { type: "chat.updated", chatId: chat.id, data: { name: "Crew 2" } },
    ]);
    expect(new Set(answer.body.data.map(({ eventId }) => eventId)).size).toBe(3);
    expect(answer.body.nextCursor).toBe(answer.body.data[2]?.eventId);
    expect(answer.body.data[1]?.at).toBe(message.createdAt);
  });

  test("from any event on, a page at a time, own sends included", async () => {
    const chat = await createChat();
    const after = await now(ada);
    for (let i = 0; i < 7; i++) await say(chat, `m${i}`, i % 2 ? ben : ada);
    const first = (await since(ada, after, "&limit=3")).body;
    expect(first.data.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect((await since(ada, first.data[1]?.eventId ?? "")).body.data.map(({ seq }) => seq)).toEqual([3, 4, 5, 6, 7]);
    const second = (await since(ada, first.nextCursor, "&limit=0")).body;
    expect(second.data.map(({ seq }) => seq)).toEqual([4]);
    expect((await since(ada, second.nextCursor, "&limit=100000")).body.data).toHaveLength(3);
  });

  test("with nothing before one came or after one left, but with one's own coming and leaving", async () => {
    const chat = await createChat();
    const cleo = tenant.as("cleo");
    const after = await now(cleo);
    await say(chat, "before");
    await ada("POST", `/Chat/${chat.id}/members`, { userId: "cleo" });
    await say(chat, "during");
    await ada("DELETE", `/Chat/${chat.id}/members/cleo`);
    await say(chat, "after");
    await ada("POST", `/Chat/${chat.id}/members`, { userId: "dora" });
    const { body } = await since(cleo, after);
    expect(body.data).toMatchObject([
      { type: "member.added", data: { userId: "cleo", role: "member" } },
      { type: "message.created", data: { content: "during" } },
      { type: "member.removed", data: { userId: "cleo" } },
    ]);
  });

  test("for a key with events:read: the whole tenant's, and with X-Act-As-User that user's", async () => {
    const { body: made } = await tenant.key()<{ key: string }>("POST", "/admin/api-keys", {
      name: "reader",
      scopes: ["events:read"],
    });
    const reader: Caller = (method, path, body, headers = {}) =>
      tenant.key()(method, path, body, { "x-api-key": made.key, ...headers });
    const after = await now(reader);
    const chat = await createChat({ memberUserIds: [] });
    await say(chat, "nobody else's");
    await ada("PUT", `/Chat/${chat.id}/read`, { seq: 1, unread: true });
    expect(types(await since(reader, after))).toEqual(["chat.created", "message.created", "read.moved"]);
    expect(types(await since(ben, after))).toEqual([]);
    expect(types(await since(tenant.key({ "x-act-as-user": "ben" }), after))).toEqual([]);
    expect((await reader("GET", "/Chat", undefined, {})).status).toBe(403);
  });
});

describe("with wait", () => {
  test("answers the moment something comes", async () => {
    const chat = await createChat();
    const after = await now(ben);
    const started = Date.now();
    const waiting = since(ben, after, "&wait=25");
    setTimeout(() => void say(chat, "woken"), 300);
    const { body } = await waiting;
    expect(body.data).toMatchObject([{ type: "message.created", data: { content: "woken" } }]);
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  test("answers at once when something is there, and empty when the time is over", async () => {
    const chat = await createChat();
    const after = await now(ben);
    await say(chat, "there");
    const { body } = await since(ben, after, "&wait=25");
    expect(body.data).toHaveLength(1);
    const started = Date.now();
    const empty = await since(ben, body.nextCursor, "&wait=1");
    expect(empty).toMatchObject({ status: 200, body: { data: [], nextCursor: body.nextCursor } });
    expect(Date.now() - started).toBeGreaterThanOrEqual(900);
  });

  test("sleeps through what is not for the reader", async () => {
    const room = await createChat({ memberUserIds: [] });
    const after = await now(ben);
    const waiting = since(ben, after, "&wait=1");
    await say(room, "not for Ben");
    expect((await waiting).body.data).toEqual([]);
  });

  test("loses nothing in a row of polls while many write", async () => {
    const chat = await createChat();
    let after = await now(ben);
    const sending = Promise.all(Array.from({ length: 100 }, (_, i) => say(chat, `m${i}`)));
    const seen: (number | undefined)[] = [];
    while (seen.length < 100) {
      const { body } = await since(ben, after, "&wait=5");
      seen.push(...body.data.map(({ seq }) => seq));
      after = body.nextCursor;
    }
    await sending;
    expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  });
});

describe("refuses cursors", () => {
  test.each(["abc", "%00", "0".repeat(22), "x".repeat(200)])("that were not made here: %s", async (cursor) => {
    expect(await since(ben, cursor)).toMatchObject({ status: 400, body: { code: "cursor_invalid" } });
  });

  test("of another tenant", async () => {
    const other = await stack.tenant("umbra");
    const foreign = await now(other.as("ben"));
    expect(await since(ben, foreign)).toMatchObject({ status: 400, body: { code: "cursor_invalid" } });
  });

  test("that are ahead of the log, with 410", async () => {
    const { cursors } = stack.api.services;
    const { epoch, position } = cursors.decode(tenant.tenantId, await now(ben));
    const ahead = cursors.encode(tenant.tenantId, epoch, position + 1000);
    expect(await since(ben, ahead)).toMatchObject({ status: 410, body: { code: "cursor_expired" } });
  });

  test("that are too old, with 410, or of a log that was restored", async () => {
    const old = await stack.tenant("old");
    const una = old.as("una");
    const after = await now(una);
    await una("POST", "/Chat", {});
    await asOwner("update tenant_log set floor = position where tenant_id = 'old'");
    expect(await since(una, after)).toMatchObject({ status: 410, body: { code: "cursor_expired" } });
    const fresh = await now(una);
    await asOwner("update tenant_log set epoch = epoch + 1 where tenant_id = 'old'");
    expect(await since(una, fresh)).toMatchObject({ status: 410, body: { code: "cursor_expired" } });
  });
});

async function asOwner(sql: string): Promise<void> {
  const client = new Client({ connectionString: stack.database.ownerUrl });
  await client.connect();
  await client.query(sql);
  await client.end();
}

test("bad input and callers without the scope", async () => {
  expect((await ben("GET", "/events?wait=long")).status).toBe(400);
  const { body } = await tenant.key()<{ key: string }>("POST", "/admin/api-keys", {
    name: "w",
    scopes: ["chats:read"],
  });
  const answer = await tenant.key()("GET", "/events", undefined, { "x-api-key": body.key });
  expect(answer).toMatchObject({ status: 403, body: { code: "scope_missing" } });
});

describe("of some kinds only", () => {
  test("skips whole pages of others, and waits for the next of its own", async () => {
    const chat = await createChat();
    const after = await now(ben);
    for (let i = 0; i < 5; i++) await say(chat, `m${i}`);
    await ada("PATCH", `/Chat/${chat.id}`, { name: "renamed" });
    const renamed = await since(ben, after, "&kinds=chat.updated&kinds=member.added&limit=2");
    expect(types(renamed)).toEqual(["chat.updated"]);
    const waiting = since(ben, renamed.body.nextCursor, "&kinds=chat.updated,member.added&wait=5");
    await say(chat, "not this");
    await ada("PATCH", `/Chat/${chat.id}`, { name: "again" });
    expect(types(await waiting)).toEqual(["chat.updated"]);
  });

  test("reads many at a time however few are asked for, and says how far it came when it was too many", async () => {
    const busy = await stack.tenant("busy");
    const chat = (await busy.as("ada")<Chat>("POST", "/Chat", {})).body;
    const after = await now(busy.key());
    await asOwner(`
      insert into events (tenant_id, position, type, chat_id, payload, at)
        select 'busy', l.position + n, 'message.created', '${chat.id}', '{}', now() from tenant_log l, generate_series(1, 20100) n where l.tenant_id = 'busy';
      update tenant_log set position = position + 20100 where tenant_id = 'busy'`);
    await busy.as("ada")("PATCH", `/Chat/${chat.id}`, { name: "renamed" });
    const queries = vi.spyOn(stack.api.services.db.pool, "query");
    const reads = () => queries.mock.calls.filter(([query]) => JSON.stringify(query).includes("read_visible")).length;
    const first = await since(busy.key(), after, "&kinds=chat.updated&limit=1&wait=20");
    expect([types(first), reads()]).toEqual([[], 40]);
    const second = await since(busy.key(), first.body.nextCursor, "&kinds=chat.updated&limit=1&wait=20");
    expect([types(second), reads()]).toEqual([["chat.updated"], 41]);
    queries.mockRestore();
  }, 60_000);

  test("refuses a kind that does not exist", async () => {
    expect(await since(ben, await now(ben), "&kinds=chat.exploded")).toMatchObject({
      status: 400,
      body: { code: "invalid" },
    });
  });
});

test("a held call ends with 401 when its token is revoked, and is told nothing that comes after", async () => {
  const chat = await createChat({ memberUserIds: ["rex"] });
  const authorization = `Bearer ${await tenant.token("rex")}`;
  const rex = (query: string) => fetch(`${tenant.url}/events${query}`, { headers: { authorization } });
  const { nextCursor } = (await (await rex("")).json()) as Events;
  const held = rex(`?after=${nextCursor}&wait=30`);
  await sleep(200);
  await tenant.key()("POST", "/admin/users/rex/revoke");
  await say(chat, "not for rex");
  expect((await held).status).toBe(401);
});

test("a held call of a token that is revoked ends within 5 s when nothing comes", async () => {
  const authorization = `Bearer ${await tenant.token("sue")}`;
  const sue = (query: string) => fetch(`${tenant.url}/events${query}`, { headers: { authorization } });
  const { nextCursor } = (await (await sue("")).json()) as Events;
  const held = sue(`?after=${nextCursor}&wait=30`);
  await sleep(200);
  await tenant.key()("POST", "/admin/users/sue/revoke");
  let over = false;
  void held.then(() => (over = true));
  // Counted in looks at the database, of which a machine that stalls takes none.
  for (let looks = 0; !over; looks++) {
    expect(looks).toBeLessThan(5000 / 50);
    await tenant.key()("GET", "/Users/sue");
    await sleep(50);
  }
  expect((await held).status).toBe(401);
});

test("a reader holds at most 200 calls open; the next are told to wait, others are not", async () => {
  const after = await now(ben);
  let refused = 0;
  const held = Array.from({ length: 210 }, async () => {
    const { status } = await since(ben, after, "&wait=50");
    if (status === 429) refused++;
    return status;
  });
  await expect.poll(() => refused, { timeout: 25_000 }).toBe(10);
  expect((await since(ada, await now(ada), "&wait=0")).status).toBe(200);
  await createChat();
  expect((await Promise.all(held)).filter((status) => status === 200)).toHaveLength(200);
}, 150_000);
