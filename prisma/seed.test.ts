import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Batch } from "../server/domain/batches/schema.ts";
import type { Chat } from "../server/domain/chats/schema.ts";
import type { Message } from "../server/domain/messages/schema.ts";
import type { Preferences } from "../server/domain/preferences/schema.ts";
import { cpuOf, DemoStack } from "../server/testing/demo-stack.ts";
import { describeDemoFile } from "../server/testing/describe-demo-file.ts";
import { call } from "../server/testing/stack.ts";
import { harbourMaster, people } from "./seed/cast.ts";
import { historyLength } from "./seed/chats.ts";

let demo: DemoStack;

beforeAll(async () => {
  demo = await DemoStack.start();
});
afterAll(() => demo.close());

describe("makes", () => {
  test("two tenants, twelve people and six chats, once, with little work", async () => {
    expect(await demo.everyRow()).toMatchObject({
      tenants: 2,
      users: 13,
      chats: 6,
      tenant_log: 2,
      issuers: 2,
      api_keys: 4,
      events: 6,
    });
    expect(demo.work).toBeLessThan(3000);
  });

  test("400 notifications in all states, which their owners can go through to the first", async () => {
    const { rows } = await demo.owner.query(`select count(*)::int as n, count(distinct user_id)::int as people,
      bool_or(status = 'scheduled') and bool_or(seen_at is null) and bool_or(seen_at is not null and read_at is null) and bool_or(read_at is not null)
      and bool_or(archived_at is not null) and bool_or(snoozed_until is not null) and bool_or(expires_at is not null) as all_states
      from notifications where tenant_id = 'demo'`);
    expect(rows).toEqual([{ n: 400, people: 12, all_states: true }]);
    type Page = { data: { id: string }[]; nextCursor: string; totalCount: number };
    const { body: first } = await demo.as<Page>("ada", "GET", "/Notifications?limit=5");
    const { body: second } = await demo.as<Page>("ada", "GET", `/Notifications?limit=200&before=${first.nextCursor}`);
    const { body: page } = await demo.as<Page>("ada", "GET", "/Notifications");
    expect(new Set([...first.data, ...second.data].map(({ id }) => id)).size).toBe(page.totalCount);
    const until = new Date(Date.now() - 10 * 24 * 60 * 60_000).toISOString();
    const made = await demo.owner.query(
      "select count(*)::int as n from notifications where tenant_id = 'demo' and created_at < $1",
      [until],
    );
    const admin = demo.withKey("demo", demo.readFile().apiKey);
    const older = (await admin<Page>("GET", `/admin/notifications?until=${until}`)).body.totalCount;
    expect(older).toBe(made.rows[0].n);
    expect(older).toBeGreaterThan(100);
  });

  test("types, templates in versions, topics with subscribers and what a few people chose, which all take effect", async () => {
    expect(await demo.everyRow()).toMatchObject({
      categories: 8,
      templates: 2,
      template_versions: 4,
      topics: 3,
      topic_subscribers: 14,
      preferences: 4,
      preference_timings: 3,
    });
    const admin = demo.withKey("demo", demo.readFile().apiKey);
    type Page<T> = { data: T[] };
    const types = await admin<Page<{ type: string; required: boolean }>>("GET", "/admin/categories?pageSize=50");
    const declared = new Set(types.body.data.map(({ type }) => type));
    expect(types.body.data.filter(({ required }) => required)).toMatchObject([{ type: "Safety" }]);
    const { rows } = await demo.owner.query("select distinct type from notifications where tenant_id = 'demo'");
    for (const { type } of rows) expect(declared).toContain(type);

    const versions = await admin<Page<object>>("GET", "/admin/templates/delay/versions");
    expect(versions.body.data).toMatchObject([{ state: "draft" }, { state: "published" }, { state: "retired" }]);
    for (const [name, version] of [
      ["delay", 1],
      ["delay", 2],
      ["delay", 3],
      ["shift-moved", 1],
    ]) {
      const { body } = await admin<{ missing: string[] }>("POST", `/admin/templates/${name}/preview`, { version });
      expect(body).toMatchObject({ missing: [], subject: expect.stringMatching(/late$|moved$/) });
    }
    const topics = await admin<Page<object>>("GET", "/admin/topics");
    expect(topics.body.data).toMatchObject([{ subscribers: 3 }, { subscribers: 7 }, { subscribers: 4 }]);

    const chosen = async (userId: string) => (await demo.as<Preferences>(userId, "GET", "/preferences")).body;
    expect((await chosen("carla")).quietHours).toEqual({ enabled: true, from: "21:30", to: "07:30" });
    expect((await chosen("gita")).digest).toMatchObject({ every: "daily", at: "08:30" });
    const freight = (await chosen("ivo")).categories.find(({ type }) => type === "Freight");
    expect(freight?.channels.inApp).toEqual({ enabled: false, choice: "off", locked: false });
  });

  test("one send to many that is over and one to come, which agree with what their recipients have", async () => {
    const admin = demo.withKey("demo", demo.readFile().apiKey);
    const { body } = await admin<{ data: Batch[] }>("GET", "/Notifications/batches");
    expect(body.data).toMatchObject([
      { status: "scheduled", audience: "everyone", total: people.length, done: 0 },
      { status: "done", audience: "topic", topic: "line-barreiro", total: 7, done: 7 },
    ]);
    const { rows } = await demo.owner.query(
      `select n.user_id, n.status, array_agg(d.status order by d.status) as decided from notifications n
      join deliveries d on d.notification_id = n.id and d.batch_id = n.batch_id where n.batch_id = $1 group by 1, 2 order by 1`,
      [body.data[1]?.id],
    );
    const subscribers = ["ada", "ben", "carla", "duarte", "emma", "ivo", "joana"];
    const got = { status: "visible", decided: ["not_asked", "sent"] };
    expect(rows).toEqual(subscribers.map((user_id) => ({ user_id, ...got })));
  });

  test("figures that say what the lists have", async () => {
    const admin = demo.withKey("demo", demo.readFile().apiKey);
    const { body } = await admin<{ total: object }>("GET", "/admin/metrics?range=month");
    const { rows } = await demo.owner.query(`select (select count(*)::int from messages) as messages,
      (select count(*)::int from notifications where status = 'visible') as notifications`);
    expect(body.total).toMatchObject(rows[0]);
  });

  test("badges that say what their lists have", async () => {
    type Counters = { chats: { unread: number; unreadMessages: number }; inbox: { unread: number } };
    for (const { userId } of people) {
      const { body } = await demo.as<Counters>(userId, "GET", "/counters");
      const list = await demo.as<{ totalCount: number }>(userId, "GET", "/Notifications?unreadOnly=true");
      const unread = (await demo.chatsOf(userId)).map(({ unreadCount = 0 }) => unreadCount).filter(Boolean);
      expect({ userId, ...body }).toMatchObject({
        userId,
        inbox: { unread: list.body.totalCount },
        chats: { unread: unread.length, unreadMessages: unread.reduce((sum, count) => sum + count, 0) },
      });
    }
  });

  test("names by which those who run the tenant see chats, messages and subscribers; chats by the time they were made", async () => {
    const admin = demo.withKey("demo", demo.readFile().apiKey);
    const data = async (path: string) => (await admin<{ data: Record<string, string>[] }>("GET", path)).body.data;
    const chats = await data("/admin/chats");
    const made = chats.map(({ createdAt }) => createdAt);
    expect(made).toEqual(made.toSorted().reverse());
    const direct = chats.find(({ kind }) => kind === "direct");
    expect(direct).toMatchObject({ members: ["ada", "ben"], names: { ada: "Ada Marques", ben: "Ben Carter" } });
    const said = await data(`/admin/chats/${direct?.id}/messages?limit=1`);
    expect(said).toMatchObject([{ senderId: "ben", senderName: "Ben Carter" }]);
    const [first] = await data("/admin/topics/line-montijo/subscribers");
    expect(first).toMatchObject({ userId: "ada", displayName: "Ada Marques" });
  });

  test("a webhook endpoint that is not called, with what got through, what failed and what waits", async () => {
    const admin = demo.withKey("demo", demo.readFile().apiKey);
    const { body } = await admin<{ data: { id: string }[] }>("GET", "/admin/webhooks");
    expect(body.data).toMatchObject([{ state: "paused", failures: 1, lately: { tries: 5, succeeded: 4 } }]);
    const path = `/admin/webhooks/${body.data[0]?.id}/deliveries`;
    const { body: told } = await admin<{ data: { id: string; status: string; attempts: number }[] }>("GET", path);
    const states = told.data.map(({ status, attempts }) => `${status} ${attempts}`);
    expect(states.sort()).toEqual([...Array(4).fill("delivered 1"), "queued 0", "queued 1"]);
    const shown = await admin("GET", `${path}/${told.data[0]?.id}`);
    expect(shown.body).toMatchObject({ body: { type: "chat.created", data: { kind: expect.any(String) } } });
  });

  test("nothing at the next start, with next to no work", async () => {
    const before = await demo.everyRow();
    const file = demo.readFile();
    expect(await cpuOf(() => demo.seed())).toBeLessThan(400);
    expect(await demo.everyRow()).toEqual(before);
    expect(demo.readFile()).toEqual(file);
  });

  test("people with a profile, the first two in one group that is the newest of all", async () => {
    const { body } = await call<DemoAnswer>(`${demo.stack.url}/tenant/demo/v1/demo`, "GET", undefined, {});
    expect(body.users.map(({ userId }) => userId)).toEqual(people.map(({ userId }) => userId));
    for (const { avatarUrl } of body.users) expect(avatarUrl).toMatch(/^data:image\/svg\+xml,%3Csvg.{200,600}$/);
    for (const { userId } of people) expect((await demo.chatsOf(userId))[0]?.name).toBe("Lobby");
  });

  test("chats of every kind", async () => {
    const chats = new Map((await demo.chatsOf("ada")).map((chat) => [chat.name, chat]));
    expect(chats.get("Lobby")).toMatchObject({ kind: "group", memberCount: 12, frozen: false, role: "owner" });
    expect(chats.get("")).toMatchObject({ kind: "direct", memberCount: 2 });
    expect(chats.get("Bridge & operations")).toMatchObject({ lastSeq: historyLength, memberCount: 9 });
    expect(chats.get("Announcements")).toMatchObject({ policy: "moderated", frozen: true, memberCount: 12 });
    expect(chats.get("Winter timetable")).toMatchObject({ lastSeq: 0 });
    expect(chats.get("Winter timetable")).not.toHaveProperty("lastMessage");
    expect(chats.get("مكتب دبي للشحن")?.lastMessage?.content).toMatch(/[\u0600-\u06ff]/);
  });

  test("another tenant with one user and no chat", async () => {
    const { second } = demo.readFile();
    const headers = { authorization: `Bearer ${second.user.token}` };
    const { status, body } = await call<{ data: Chat[] }>(
      `${demo.stack.url}/tenant/harbour/v1/Chat`,
      "GET",
      undefined,
      headers,
    );
    expect({ status, chats: body.data }).toEqual({ status: 200, chats: [] });
    expect(second).toMatchObject({ tenantId: "harbour", user: { userId: harbourMaster.userId } });
    expect((await call(`${demo.stack.url}/tenant/demo/v1/Chat`, "GET", undefined, headers)).status).toBe(403);
  });
});

describe("the past", () => {
  test("can be paged from the newest to the oldest message", async () => {
    const { id } = await demo.longChat();
    const first = await demo.pageOf(id, 1);
    expect(first).toMatchObject({ totalCount: historyLength, totalPages: 100, hasNextPage: true });
    expect(first.data.map(({ seq }) => seq)).toEqual(range(historyLength, 50));
    const last = await demo.pageOf(id, 100);
    expect(last).toMatchObject({ hasNextPage: false });
    expect(last.data.map(({ seq }) => seq)).toEqual(range(50, 50));
    expect((await demo.longChat()).lastMessage).toEqual(first.data[0]);
  });

  test("is in order, with replies, mentions, edits and tombstones that belong to it", async () => {
    const { id } = await demo.longChat();
    const { rows } = await demo.owner.query("select * from messages where chat_id = $1 order by seq", [id]);
    const seqOf = new Map(rows.map((row) => [row.id, Number(row.seq)]));
    for (const [index, row] of rows.entries()) {
      expect(Number(row.seq)).toBe(index + 1);
      expect(row.created_at >= (rows[index - 1]?.created_at ?? 0)).toBe(true);
      if (row.reply_to_id) expect(seqOf.get(row.reply_to_id)).toBeLessThan(index + 1);
      expect(row.content === "").toBe(row.deleted_at !== null);
    }
    const count = (has: (row: (typeof rows)[number]) => unknown) => rows.filter(has).length;
    expect(count((row) => row.reply_to_id)).toBeGreaterThan(200);
    expect(count((row) => row.mention_user_ids.length > 0)).toBeGreaterThan(100);
    expect(count((row) => row.edited_at)).toBeGreaterThan(40);
    expect(count((row) => row.deleted_at)).toBeGreaterThan(20);
    expect(new Set(rows.map((row) => row.content)).size).toBeGreaterThan(1500);
    expect(new Set(rows.map((row) => row.sender_id)).size).toBe(9);
  });

  test("keeps what an edited message said before", async () => {
    const { rows } = await demo.owner.query(
      "select m.id, m.chat_id, m.content, m.sender_id, e.content as was from message_edits e join messages m on m.id = e.message_id",
    );
    expect(rows.length).toBeGreaterThan(40);
    for (const row of rows) expect(row.was).not.toBe(row.content);
    const edited = rows.find((row) => row.sender_id === "ada");
    const { body } = await demo.as<{ data: unknown[] }>(
      "ada",
      "GET",
      `/Chat/${edited.chat_id}/messages/${edited.id}/edits`,
    );
    expect(body.data).toMatchObject([{ version: 1, content: edited.was, editedBy: "ada" }]);
  });

  test("is unread exactly as far as counting says", async () => {
    const counts = [];
    for (const { userId } of people) {
      for (const chat of await demo.chatsOf(userId)) {
        const { rows } = await demo.owner.query(
          "select count(*)::int as n from messages where chat_id = $1 and seq > $2 and sender_id <> $3 and deleted_at is null",
          [chat.id, chat.lastReadSeq, userId],
        );
        expect(chat.unreadCount).toBe(Math.min(100, rows[0].n));
        const own = await demo.owner.query("select max(seq) from messages where chat_id = $1 and sender_id = $2", [
          chat.id,
          userId,
        ]);
        expect(chat.lastReadSeq).toBeGreaterThanOrEqual(Number(own.rows[0].max));
        counts.push(chat.unreadCount);
      }
    }
    expect(counts.filter((count) => count === 0).length).toBeGreaterThan(5);
    expect(counts.filter((count) => count && count > 0 && count < 100).length).toBeGreaterThan(10);
    expect(counts).toContain(100);
  });

  test("goes on: the next message has the next seq, and deleting an old one leaves the chat's own event alone", async () => {
    const { id } = await demo.longChat();
    const created = () =>
      demo.owner.query("select payload from events where chat_id = $1 and type = 'chat.created'", [id]);
    const before = (await created()).rows;
    const sent = await demo.as<Message>("ada", "POST", `/Chat/${id}/messages`, { content: "Good morning" });
    expect(sent.body.seq).toBe(historyLength + 1);
    const { rows } = await demo.owner.query(
      "select id from messages where chat_id = $1 and sender_id = 'ada' and deleted_at is null limit 1",
      [id],
    );
    const deleted = await demo.as<Message>("ada", "DELETE", `/Chat/${id}/messages/${rows[0].id}`);
    expect(deleted).toMatchObject({ status: 200, body: { content: "" } });
    expect((await created()).rows).toEqual(before);
  });
});

describeDemoFile(() => demo);

interface DemoAnswer {
  users: { userId: string; avatarUrl: string }[];
}

function range(from: number, length: number): number[] {
  return Array.from({ length }, (_, index) => from - index);
}
