import { afterAll, beforeAll, expect, test } from "vitest";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

// What whoever runs the tenant reads of a chat: its events, who is in it and what was said last; and of users, who fits and is there.

let stack: Stack;
let tenant: TestTenant;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(() => stack.close());

interface Listed {
  data: Record<string, unknown>[];
  nextCursor: string | null;
}

test("lists every event of one chat, newest first, by pages that join, and refuses a cursor that is none", async () => {
  const ada = tenant.as("ada");
  const { body: chat } = await ada<{ id: string }>("POST", "/Chat", { name: "Crew", memberUserIds: ["ben"] });
  await ada("POST", "/Chat", { name: "Other", memberUserIds: ["ben"] });
  const { body: sent } = await ada<{ id: string }>("POST", `/Chat/${chat.id}/messages`, { content: "All aboard" });
  const path = `/admin/chats/${chat.id}/messages/${sent.id}?reason=rude`;
  expect((await tenant.key()("DELETE", path)).status).toBe(200);
  await ada("PATCH", `/Chat/${chat.id}`, { name: "Crew of two" });
  const list = async (query: string) =>
    (await tenant.key()<Listed>("GET", `/admin/chats/${chat.id}/events${query}`)).body;
  const all = await list("");
  const types = ["chat.updated", "message.deleted", "message.created", "chat.created"];
  expect(all.data.map(({ type }) => type)).toEqual(expect.arrayContaining(types));
  expect(all.data[0]).toMatchObject({ type: "chat.updated", chatId: chat.id, data: { name: "Crew of two" } });
  expect(JSON.stringify(all)).not.toContain("All aboard");
  const joined: unknown[] = [];
  for (let query = "?limit=2"; ; ) {
    const page = await list(query);
    joined.push(...page.data);
    if (page.nextCursor === null) break;
    query = `?limit=2&before=${page.nextCursor}`;
  }
  expect(joined).toEqual(all.data);
  // A page that is just full is the last one.
  expect((await list(`?limit=${all.data.length}`)).nextCursor).toBeNull();
  expect((await tenant.key()("GET", `/admin/chats/${chat.id}/events?before=x`)).status).toBe(400);
  const audit = await tenant.key()<Listed>("GET", "/admin/audit?operation=adminChats.deleteMessage");
  expect(audit.body.data[0]).toMatchObject({ input: { reason: "rude" }, outcome: "ok" });

  const other = await stack.tenant("globex");
  expect((await other.key()("GET", `/admin/chats/${chat.id}/events`)).status).toBe(404);
});

test("shows of each chat the first members and what was said last", async () => {
  const six = ["a1", "a2", "a3", "a4", "a5", "a6"];
  const { body: chat } = await tenant.key()<{ id: string }>("POST", "/admin/chats", { memberUserIds: six });
  await tenant.as("a2")("POST", `/Chat/${chat.id}/messages`, { content: "Aye" });
  const { body } = await tenant.key()<Listed>("GET", "/admin/chats?member=a2");
  expect(body.data).toMatchObject([{ id: chat.id, members: six.slice(0, 4), lastMessage: { content: "Aye" } }]);
});

test("finds users by id, name and address, and says who is there", async () => {
  await tenant.key()("PUT", "/Users/u-1", { displayName: "Zoë Lund", email: "zoe@ferries.example" });
  await tenant.key()("PUT", "/Users/u-2", { displayName: "100%" });
  const stream = new AbortController();
  const headers = { accept: "text/event-stream", authorization: `Bearer ${await tenant.token("u-1")}` };
  await fetch(`${tenant.url}/events`, { headers, signal: stream.signal });
  const found = async (search: string) => {
    const query = `?limit=5&search=${encodeURIComponent(search)}`;
    const { data } = (await tenant.key()<Listed>("GET", `/admin/users${query}`)).body;
    return data.map(({ userId, presence }) => [userId, presence]);
  };
  expect(await found("lund")).toEqual([["u-1", "online"]]);
  expect(await found("FERRIES.EX")).toEqual([["u-1", "online"]]);
  expect(await found("u-")).toEqual([
    ["u-2", "offline"],
    ["u-1", "online"],
  ]);
  stream.abort();
  const paged = await tenant.key()<Listed & { totalCount: number }>("GET", "/admin/users?search=u-&pageSize=1");
  expect([paged.body.data.length, paged.body.totalCount]).toEqual([1, 2]);
});
