import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Chat } from "./schema.ts";

interface ChatPage {
  data: Chat[];
  pageNumber: number;
  pageSize: number;
  totalCount: number;
  totalPages: number;
  hasPreviousPage: boolean;
  hasNextPage: boolean;
}
interface CursorPage {
  data: Chat[];
  nextCursor: string | null;
  prevCursor: string | null;
}

let stack: Stack;
let tenant: TestTenant;
let ada: Caller;
/** Oldest activity first. */
const chats: Chat[] = [];

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  ada = tenant.as("ada");
  for (let i = 0; i < 23; i++)
    chats.push((await ada<Chat>("POST", "/Chat", { name: `Room ${i}`, memberUserIds: ["ben"] })).body);
});
afterAll(() => stack.close());

const names = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, i) => `Room ${from - i}`);
const list = (query: string, caller = ada) => caller<ChatPage>("GET", `/Chat${query}`);

describe("by pages", () => {
  test("ten at a time, newest activity first", async () => {
    const first = await list("");
    expect(first).toMatchObject({
      status: 200,
      body: { pageNumber: 1, pageSize: 10, totalCount: 23, totalPages: 3, hasPreviousPage: false, hasNextPage: true },
    });
    expect(first.body.data.map(({ name }) => name)).toEqual(names(22, 13));
    const last = (await list("?pageNumber=3")).body;
    expect(last).toMatchObject({ pageNumber: 3, hasPreviousPage: true, hasNextPage: false });
    expect(last.data.map(({ name }) => name)).toEqual(names(2, 0));
  });

  test.each([
    ["?pageSize=1000", { pageSize: 50, pageNumber: 1 }, 23],
    ["?pageSize=0", { pageSize: 1, totalPages: 23 }, 1],
    ["?pageSize=-3&pageNumber=-1", { pageSize: 1, pageNumber: 1 }, 1],
    ["?pageSize=7.9", { pageSize: 7 }, 7],
    ["?PageNumber=2&PAGESIZE=20", { pageNumber: 2, pageSize: 20, hasNextPage: false }, 3],
    ["?pageNumber=&pageSize=", { pageNumber: 1, pageSize: 10 }, 10],
  ])("%s is clamped", async (query, expected, rows) => {
    const { status, body } = await list(query);
    expect(status).toBe(200);
    expect(body).toMatchObject(expected);
    expect(body.data).toHaveLength(rows);
  });

  test.each(["?pageNumber=4", "?pageNumber=99999999999"])("past the end is an empty page: %s", async (query) => {
    expect(await list(query)).toMatchObject({
      status: 200,
      body: { data: [], totalCount: 23, totalPages: 3, hasPreviousPage: true, hasNextPage: false },
    });
  });

  test("of somebody without chats are empty", async () => {
    expect((await list("", tenant.as("nobody"))).body).toEqual({
      data: [],
      pageNumber: 1,
      pageSize: 10,
      totalCount: 0,
      totalPages: 0,
      hasPreviousPage: false,
      hasNextPage: false,
    });
  });

  test.each(["?pageNumber=two", "?limit=many"])("a number that is none is refused: %s", async (query) => {
    expect(await list(query)).toMatchObject({ status: 400, body: { code: "invalid", errors: expect.anything() } });
  });
});

describe("by cursor", () => {
  const walk = async (query: string) => (await ada<CursorPage>("GET", `/Chat${query}`)).body;

  test("goes on to older chats until there is no next one, and back again", async () => {
    const seen: Chat[] = [];
    const starts: (string | null)[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: CursorPage = await walk(`?limit=10${cursor ? `&before=${cursor}` : ""}`);
      seen.push(...page.data);
      starts.push(page.prevCursor);
      cursor = page.nextCursor;
    }
    expect(seen.map(({ name }) => name)).toEqual(names(22, 0));
    const back = await walk(`?limit=200&after=${starts[2]}`);
    expect(back.data.map(({ name }) => name)).toEqual(names(22, 3));
  });

  test("shows each chat once while others become active", async () => {
    const first = await walk("?limit=5");
    for (const chat of chats.slice(3, 6)) await ada("POST", `/Chat/${chat.id}/messages`, { content: "up" });
    const rest = await walk(`?limit=200&before=${first.nextCursor}`);
    const all = [...first.data, ...rest.data].map(({ id }) => id);
    expect(new Set(all).size).toBe(all.length);
    expect(all).toHaveLength(20);
    const news = await walk(`?limit=200&after=${first.prevCursor}`);
    expect(news.data.map(({ name }) => name)).toEqual(["Room 5", "Room 4", "Room 3"]);
  });

  const made = (time: unknown) => Buffer.from(JSON.stringify([time, crypto.randomUUID()])).toString("base64url");

  test.each([
    ...["abc", "WzEsMl0", Buffer.from('["x","y"]').toString("base64url")],
    ...[made("x"), made(-8.6e15), made(8.6e15)],
  ])("refuses %s", async (cursor) => {
    expect(await list(`?before=${cursor}`)).toMatchObject({ status: 400, body: { code: "cursor_invalid" } });
  });
});

test("shows each with its last message and unread count, and only what one is a member of", async () => {
  const caller = tenant.as("cleo");
  const chat = (await caller<Chat>("POST", "/Chat", { name: "Hers", memberUserIds: ["dora"] })).body;
  await caller("POST", `/Chat/${chat.id}/messages`, { content: "Hi" });
  const { body } = await list("", tenant.as("dora"));
  expect(body.data).toMatchObject([{ id: chat.id, unreadCount: 1, lastMessage: { content: "Hi" } }]);
  expect((await list("?pageSize=50", tenant.as("ben"))).body.totalCount).toBe(23);
});

test("says, to who asks, who the caller is and who sent the last messages", async () => {
  const [gina, hugo] = [tenant.as("gina"), tenant.as("hugo")];
  const people = async () => (await gina<{ people: unknown[] }>("GET", "/Chat?limit=10&people=true")).body.people;
  await tenant.key()("PUT", "/Users/gina", { displayName: "Gina" });
  await tenant.key()("PUT", "/Users/hugo", { displayName: "Hugo" });
  const own = { userId: "gina", displayName: "Gina", avatarUrl: null };
  expect(await people()).toEqual([own]);
  const chat = (await hugo<Chat>("POST", "/Chat", { name: "His", memberUserIds: ["gina", "iris"] })).body;
  await hugo("POST", `/Chat/${chat.id}/messages`, { content: "Bye" });
  await hugo("DELETE", `/Chat/${chat.id}/members/hugo`);
  const his = { userId: "hugo", displayName: "Hugo", avatarUrl: null };
  expect(await people()).toEqual([own, his]);
  expect((await list("?people", gina)).body).toMatchObject({ totalCount: 1, people: [own, his] });
  for (const query of ["", "?limit=10"]) expect((await list(query, gina)).body).not.toHaveProperty("people");
});

test("leaves out deleted chats and those one has left", async () => {
  const caller = tenant.as("erin");
  const made = await Promise.all(["a", "b", "c"].map((name) => caller<Chat>("POST", "/Chat", { name })));
  await caller("DELETE", `/Chat/${made[0]?.body.id}`);
  await caller("DELETE", `/Chat/${made[1]?.body.id}/members/erin`);
  expect((await list("", caller)).body).toMatchObject({ totalCount: 1, data: [{ name: "c" }] });
});

test("a subscription from the list's own position has no hole", async () => {
  const caller = tenant.as("fred");
  const before = await list("", caller);
  const chat = (await ada<Chat>("POST", "/Chat", { memberUserIds: ["fred"] })).body;
  const after = before.headers.get("x-event-cursor");
  const { body } = await caller<{ data: unknown[] }>("GET", `/events?after=${after}`);
  expect(body.data).toMatchObject([{ type: "chat.created", chatId: chat.id }]);
});

test("who runs the tenant finds the chats of somebody who is in more of them than a statement takes values", async () => {
  const mine = (await ada<Chat>("POST", "/Chat", { name: "Mine", memberUserIds: ["wanted"] })).body;
  const frozen = (await ada<Chat>("POST", "/Chat", { name: "Ice", memberUserIds: ["wanted"] })).body;
  await ada("PATCH", `/Chat/${frozen.id}`, { frozen: true });
  const owner = new pg.Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  try {
    await owner.query(
      "insert into members (tenant_id, chat_id, user_id) select 'acme', gen_random_uuid(), 'wanted' from generate_series(1, 70000)",
    );
  } finally {
    await owner.end();
  }
  const find = async (query: string) => {
    const { status, body } = await tenant.key()<CursorPage>("GET", `/admin/chats?member=wanted${query}`);
    return [status, body.data?.map(({ name }) => name)];
  };
  expect(await find("")).toEqual([200, ["Ice", "Mine"]]);
  expect(await find(`&before=${frozen.id}`)).toEqual([200, ["Mine"]]);
  expect(await find("&frozen=true")).toEqual([200, ["Ice"]]);
  expect(await find("&search=mIN")).toEqual([200, ["Mine"]]);
  expect(await find(`&search=${mine.id}`)).toEqual([200, ["Mine"]]);
  expect(await find("&deleted=true")).toEqual([200, []]);
});
