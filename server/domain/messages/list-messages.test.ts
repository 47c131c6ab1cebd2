import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Chat } from "../chats/schema.ts";
import type { ChatPerson } from "../users/schema.ts";
import type { Message } from "./schema.ts";

interface MessagePage {
  data: Message[];
  totalCount: number;
  hasNextPage: boolean;
}
interface CursorPage {
  data: Message[];
  nextCursor: string | null;
  prevCursor: string | null;
  people?: ChatPerson[];
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

async function chatOf(count: number): Promise<Chat> {
  const chat = (await ada<Chat>("POST", "/Chat", { memberUserIds: ["ben"] })).body;
  await sendMany(chat, count);
  return chat;
}
async function sendMany(chat: Chat, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await ada("POST", `/Chat/${chat.id}/messages`, { content: `m${i}` });
}
const list = (chat: Chat, query = "", caller = ben) => caller<MessagePage>("GET", `/Chat/${chat.id}/messages${query}`);
const walk = async (chat: Chat, query: string) =>
  (await ben<CursorPage>("GET", `/Chat/${chat.id}/messages${query}`)).body;
const seqs = (page: { data: Message[] }) => page.data.map(({ seq }) => seq);
const countDown = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, i) => from - i);

describe("by pages", () => {
  test("ten at a time, newest first, with the whole envelope", async () => {
    const chat = await chatOf(23);
    const first = await list(chat);
    expect(first.status).toBe(200);
    expect(Object.keys(first.body).sort()).toEqual(
      ["data", "hasNextPage", "hasPreviousPage", "pageNumber", "pageSize", "totalCount", "totalPages"].sort(),
    );
    expect(first.body).toMatchObject({ pageNumber: 1, pageSize: 10, totalCount: 23, totalPages: 3, hasNextPage: true });
    expect(seqs(first.body)).toEqual(countDown(23, 14));
    expect(seqs((await list(chat, "?pageNumber=3")).body)).toEqual([3, 2, 1]);
    expect((await list(chat, "?pageNumber=3")).body.hasNextPage).toBe(false);
  });

  test("are clamped, and empty past the end", async () => {
    const chat = await chatOf(12);
    expect((await list(chat, "?pageSize=500")).body).toMatchObject({ pageSize: 50, totalPages: 1 });
    expect((await list(chat, "?pageSize=-1&pageNumber=0")).body).toMatchObject({ pageSize: 1, pageNumber: 1 });
    for (const query of ["?pageNumber=3", "?pageNumber=1000000000"])
      expect(await list(chat, query)).toMatchObject({
        status: 200,
        body: { data: [], totalCount: 12, totalPages: 2, hasPreviousPage: true, hasNextPage: false },
      });
  });

  test("keep a deleted message's place", async () => {
    const chat = await chatOf(5);
    const [, second] = (await list(chat)).body.data;
    await ada("DELETE", `/Chat/${chat.id}/messages/${second?.id}`);
    const { body } = await list(chat);
    expect(body.totalCount).toBe(5);
    expect(seqs(body)).toEqual(countDown(5, 1));
    expect(body.data[1]).toMatchObject({ id: second?.id, content: "", deletedAt: expect.any(String) });
  });

  test("of an empty chat are empty", async () => {
    expect((await list(await chatOf(0))).body).toMatchObject({ data: [], totalCount: 0, totalPages: 0 });
  });
});

describe("by cursor", () => {
  test("end a page early once it is long, and lose nothing", async () => {
    const chat = (await ada<Chat>("POST", "/Chat", { memberUserIds: ["ben"] })).body;
    const content = "x".repeat(16 * 1024);
    for (let i = 0; i < 70; i++) await ada("POST", `/Chat/${chat.id}/messages`, { content });
    const newest = await walk(chat, "?limit=200");
    expect(seqs(newest)).toEqual(countDown(70, 8));
    expect(newest).toMatchObject({ nextCursor: "8", prevCursor: "70" });
    expect(seqs(await walk(chat, "?limit=200&before=8"))).toEqual(countDown(7, 1));
    const oldest = await walk(chat, "?limit=200&after=0");
    expect(seqs(oldest)).toEqual(countDown(63, 1));
    expect(seqs(await walk(chat, `?limit=200&after=${oldest.prevCursor}`))).toEqual(countDown(70, 64));
    expect((await list(chat, "?pageSize=50")).body.data).toHaveLength(50);
  });

  test("begins at the newest for a cursor that is empty, as a first round of paging sends it", async () => {
    const chat = await chatOf(5);
    expect(seqs(await walk(chat, "?before=&limit=2"))).toEqual([5, 4]);
    expect((await list(chat, "?before=&after=")).body).toMatchObject({ pageNumber: 1, totalCount: 5 });
  });

  test("goes on to older messages to the first one, and back to the newest", async () => {
    const chat = await chatOf(25);
    const older: number[] = [];
    let newest: string | null = null;
    let last: CursorPage | undefined;
    for (let cursor: string | null = ""; cursor !== null; cursor = last.nextCursor) {
      last = await walk(chat, `?limit=7${cursor ? `&before=${cursor}` : ""}`);
      newest ??= last.prevCursor;
      older.push(...seqs(last));
    }
    expect(older).toEqual(countDown(25, 1));
    const back = await walk(chat, `?limit=10&after=${last?.prevCursor}`);
    expect(seqs(back)).toEqual(countDown(14, 5));
    expect(await walk(chat, `?after=${newest}`)).toEqual({ data: [], nextCursor: null, prevCursor: newest });
  });

  test("says who sent them, each once, also who has left; of the erased nothing", async () => {
    const chat = await chatOf(2);
    const say = async (who: string) => {
      await ada("POST", `/Chat/${chat.id}/members`, { userId: who });
      await tenant.as(who)("POST", `/Chat/${chat.id}/messages`, { content: "Hello" });
      await ada("DELETE", `/Chat/${chat.id}/members/${who}`);
    };
    for (const who of ["lea", "noa", "erased"]) await say(who);
    await tenant.key()("PUT", "/Users/lea", { displayName: "Lea Ott", avatarUrl: "https://pictures.example/lea.png" });
    await tenant.key()("PUT", "/Users/erased", { displayName: "Nobody's business" });
    await tenant.key()("PUT", "/Users/ada", { displayName: "Ada Byron" });
    await tenant.key()("PUT", "/Users/ben", { displayName: "Ben, who is silent" });
    await stack.api.services.db
      .forTenant(tenant.tenantId as never)
      .user.updateMany({ where: { tenantId: tenant.tenantId, id: "erased" }, data: { erasedAt: new Date() } });
    const named = (page: CursorPage) => page.people?.filter(({ displayName }) => displayName !== null);
    const lea = { userId: "lea", displayName: "Lea Ott", avatarUrl: "https://pictures.example/lea.png" };
    const page = await walk(chat, "?limit=50&people=true");
    expect(named(page)).toHaveLength(2);
    expect(named(page)).toEqual(expect.arrayContaining([lea, expect.objectContaining({ displayName: "Ada Byron" })]));
    expect(named(await walk(chat, "?limit=1&before=4&people"))).toEqual([lea]);
    expect((await list(chat, "?pageSize=1&people=true")).body).toMatchObject({ totalCount: 5, people: [] });
    for (const query of ["", "?limit=50"]) expect((await list(chat, query)).body).not.toHaveProperty("people");
  });

  test("is stable while messages arrive, where pages shift", async () => {
    const chat = await chatOf(12);
    const first = await walk(chat, "?limit=5");
    await sendMany(chat, 4);
    const second = await walk(chat, `?limit=5&before=${first.nextCursor}`);
    expect([...seqs(first), ...seqs(second)]).toEqual(countDown(12, 3));
    expect(seqs(await walk(chat, `?after=${first.prevCursor}`))).toEqual([16, 15, 14, 13]);
    expect(seqs(await walk(chat, `?after=${second.nextCursor}&before=${first.nextCursor}`))).toEqual([7, 6, 5, 4]);
  });

  test.each([
    ["?limit=1000", 60],
    ["?limit=0", 1],
    ["?limit=-5", 1],
    ["?before=999999", 50],
  ])("%s is clamped", async (query, rows) => {
    const chat = await chatOf(60);
    expect((await walk(chat, query)).data).toHaveLength(rows);
  });

  test.each(["?before=abc", "?after=-1", "?before=1.5", `?after=${"9".repeat(30)}`])("refuses %s", async (query) => {
    expect(await list(await chatOf(1), query)).toMatchObject({ status: 400, body: { code: "cursor_invalid" } });
  });
});

test("a subscription from the page's own position has no hole and no repeat", async () => {
  const chat = await chatOf(3);
  const sending = sendMany(chat, 30);
  const page = await list(chat, "?pageSize=50");
  await sending;
  const after = page.headers.get("x-event-cursor");
  const { body } = await ben<{ data: { seq: number }[] }>("GET", `/events?limit=500&after=${after}`);
  const later = body.data.map(({ seq }) => seq);
  expect([...new Set([...seqs(page.body), ...later])].sort((a, b) => a - b)).toEqual(countDown(33, 1).reverse());
});

test("not a member and other tenants get 404", async () => {
  const chat = await chatOf(1);
  const other = await stack.tenant("umbra");
  expect((await list(chat, "", tenant.as("eve"))).status).toBe(404);
  expect((await list(chat, "?limit=5", tenant.as("eve"))).status).toBe(404);
  expect((await list(chat, "", other.as("ben"))).status).toBe(404);
});
