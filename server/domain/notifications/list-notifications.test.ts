import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Notification } from "./schema.ts";

// What an owner does with an inbox: lists, reads, archives and deletes, one or many.

interface Page {
  data: Notification[];
  totalCount: number;
  totalPages: number;
  hasNextPage: boolean;
  nextCursor: string | null;
  prevCursor: string | null;
}
interface Events {
  data: { type: string; data: Notification }[];
  nextCursor: string;
}

let stack: Stack;
let tenant: TestTenant;
let key: Caller;
let people = 0;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  key = tenant.key();
});
afterAll(() => stack.close());

/** Somebody with so many notifications, oldest first. */
async function owner(count: number, body: (n: number) => object = () => ({})) {
  const userId = `user-${++people}`;
  const call = tenant.as(userId);
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    const made = await key<Notification>("POST", "/Notifications", {
      userId,
      subject: `s${n}`,
      message: "m",
      ...body(n),
    });
    ids.push(made.body.id);
  }
  const list = async (query = "") => (await call<Page>("GET", `/Notifications${query}`)).body;
  const found = async (query = "") => (await list(query)).data.map(({ id }) => id);
  const counts = async () => {
    const { inbox } = (await call<{ inbox: { unread: number; unseen: number } }>("GET", "/counters")).body;
    const { body } = await call<{ unreadCount: number; count: number }>("GET", "/Notifications/unread-count");
    expect(body).toMatchObject({ unreadCount: inbox.unread, count: inbox.unread, unseenCount: inbox.unseen });
    return inbox;
  };
  const cursor = async () => (await call<Events>("GET", "/events")).body.nextCursor;
  const since = async (after: string) => (await call<Events>("GET", `/events?after=${after}&limit=500`)).body.data;
  return { userId, call, ids, list, found, counts, cursor, since };
}

describe("the list", () => {
  test("is newest first, in pages and by cursors that stay while more comes", async () => {
    const { userId, ids, list, found } = await owner(23);
    const newest = ids.toReversed();
    expect(await list()).toMatchObject({
      pageNumber: 1,
      pageSize: 10,
      totalCount: 23,
      totalPages: 3,
      hasNextPage: true,
    });
    expect(await found("?pageNumber=3")).toEqual(newest.slice(20));
    expect(await list("?pageNumber=9&pageSize=999")).toMatchObject({ data: [], pageSize: 50, totalCount: 23 });
    const first = await list("?limit=10");
    await key("POST", "/Notifications", { userId, subject: "late", message: "m" });
    const second = await list(`?limit=10&before=${first.nextCursor}`);
    expect(second.data.map(({ id }) => id)).toEqual(newest.slice(10, 20));
    const last = await list(`?limit=10&before=${second.nextCursor}`);
    expect(last).toMatchObject({ data: newest.slice(20).map((id) => ({ id })), nextCursor: null });
    expect((await list(`?after=${first.prevCursor}`)).data).toMatchObject([{ subject: "late" }]);
    expect(first.nextCursor).not.toMatch(/^\d/);
  });

  test("by unread, type, priority, archive and time", async () => {
    const { call, ids, found, list } = await owner(4, (n) => ({ type: n % 2 ? "Odd" : "Even", priority: n }));
    await call("PUT", `/Notifications/${ids[0]}/read`);
    await call("PUT", `/Notifications/${ids[3]}/archive`);
    expect(await found("?unreadOnly=true")).toEqual([ids[2], ids[1]]);
    expect(await found("?type=Even")).toEqual([ids[2], ids[0]]);
    expect(await found("?priority=hIGH")).toEqual([ids[2]]);
    expect(await found("?archived=true")).toEqual([ids[3]]);
    const { createdAt } = (await list("?type=Even")).data[0] ?? { createdAt: "" };
    expect(await found(`?since=${createdAt}`)).toEqual([ids[2]]);
    expect((await list("?unreadOnly=true&limit=1")).data).toMatchObject([{ id: ids[2] }]);
    expect((await list("?unreadOnly=true&pageSize=1")).totalCount).toBe(2);
  });

  test("says the position that it is true at, and refuses cursors of others", async () => {
    const { userId, call, since } = await owner(1);
    const at = (await call("GET", "/Notifications")).headers.get("x-event-cursor") ?? "";
    await key("POST", "/Notifications", { userId, subject: "next", message: "m" });
    expect(await since(at)).toMatchObject([{ data: { subject: "next" } }]);
    for (const cursor of ["0", "x".repeat(22), at])
      expect(await call("GET", `/Notifications?before=${cursor}`)).toMatchObject({
        status: 400,
        body: { code: "cursor_invalid" },
      });
    expect(await key("GET", "/Notifications")).toMatchObject({ status: 403, body: { code: "user_required" } });
  });
});

test("HTML that came past the API is sanitised where it is shown: in the list, alone and in events", async () => {
  const { userId, call, list, cursor, since } = await owner(0);
  const start = await cursor();
  const { id } = (await key<Notification>("POST", "/Notifications", { userId, subject: "s", message: "m" })).body;
  const bad = '<p onclick="a()">hi</p><img src="x" onerror="b()"><script>c()</script>';
  const pg = new Client({ connectionString: stack.database.ownerUrl });
  await pg.connect();
  await pg.query("update notifications set html_content = $2 where id = $1", [id, bad]);
  await pg.query(
    "update events set payload = payload || jsonb_build_object('htmlContent', $2::text) where payload ->> 'id' = $1",
    [id, bad],
  );
  await pg.end();
  const shown = [
    (await list()).data[0]?.htmlContent,
    (await call<Notification>("GET", `/Notifications/${id}`)).body.htmlContent,
    (await key<Notification>("GET", `/admin/notifications/${id}`)).body.htmlContent,
    (await call<Notification>("PUT", `/Notifications/${id}/seen`)).body.htmlContent,
  ];
  expect(shown).toEqual(Array(4).fill('<p>hi</p><img src="x" />'));
  expect((await since(start)).map(({ data }) => data.htmlContent)).toEqual(['<p>hi</p><img src="x" />', undefined]);
});

describe("read, seen and archived", () => {
  test("are told to the owner's other devices, once, and move the counters", async () => {
    const { call, ids, counts, cursor, since } = await owner(3);
    const [first, second, third] = ids;
    expect(await counts()).toEqual({ unread: 3, unseen: 3 });
    const after = await cursor();
    const put = (path: string) => call<Notification>("PUT", `/Notifications/${path}`, "");
    expect((await put(`${second}/seen`)).body).toMatchObject({ isRead: false, seenAt: expect.any(String) });
    expect(await counts()).toEqual({ unread: 3, unseen: 2 });
    const read = await put(`${first}/read?read=True`);
    expect(read).toMatchObject({
      status: 200,
      body: { id: first, isRead: true, read: true, readAt: expect.any(String) },
    });
    expect((await put(`${first}/read`)).body).toEqual(read.body);
    expect((await put(`${third}/archive`)).body.archivedAt).toMatch(/Z$/);
    expect(await counts()).toEqual({ unread: 1, unseen: 0 });
    const unread = (await put(`${first}/read?read=0`)).body;
    expect(unread).toMatchObject({ isRead: false });
    expect(unread).not.toHaveProperty("readAt");
    await put(`${third}/archive?archived=false`);
    expect(await counts()).toEqual({ unread: 3, unseen: 1 });
    const events = await since(after);
    expect(events.map(({ type, data }) => [type, data.id])).toEqual(
      [second, first, third, first, third].map((id) => ["notification.updated", id]),
    );
    expect(events[1]?.data).toEqual(read.body);
  });

  test("all at once, 50 calls of one page", async () => {
    const { call, ids, counts } = await owner(50);
    const answers = await Promise.all(ids.map((id) => call("PUT", `/Notifications/${id}/read?read=true`)));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(await counts()).toEqual({ unread: 0, unseen: 0 });
  });

  test("of many by one call, and of all", async () => {
    const { call, ids, counts, cursor, since } = await owner(6, (n) => ({ type: n < 4 ? "A" : "B" }));
    const other = await owner(1);
    const bulk = (what: string, body: object) => call("PUT", `/Notifications/bulk/${what}`, body);
    const mixed = { notificationIds: [ids[0], ids[1], ids[1], other.ids[0], "nonsense"] };
    expect((await bulk("read", mixed)).body).toEqual({ changed: 2, notFound: [other.ids[0], "nonsense"] });
    expect((await bulk("read", { ...mixed, read: false })).body).toMatchObject({ changed: 2 });
    expect((await bulk("archive", { ids: [ids[0]] })).body).toEqual({ changed: 1, notFound: [] });
    expect(await counts()).toEqual({ unread: 5, unseen: 4 });
    const after = await cursor();
    expect((await call("PUT", "/Notifications/read-all?type=A")).body).toEqual({ changed: 3 });
    expect((await call("PUT", "/Notifications/seen-all")).body).toEqual({ changed: 2 });
    expect((await call("PUT", "/Notifications/read-all")).body).toEqual({ changed: 2 });
    expect((await call("PUT", "/Notifications/read-all")).body).toEqual({ changed: 0 });
    expect(await since(after)).toHaveLength(7);
    expect(await counts()).toEqual({ unread: 0, unseen: 0 });
    expect((await bulk("delete", { notificationIds: ids.slice(0, 3) })).body).toEqual({ changed: 3, notFound: [] });
    const address = (...names: string[]) =>
      `/Notifications/bulk?${names.map((name, at) => `${name}=${ids[at + 3]}`).join("&")}`;
    expect((await call("DELETE", address("Ids"))).body).toEqual({ changed: 1, notFound: [] });
    expect((await call("DELETE", `${address("notificationIds")},${ids[4]}`)).body).toEqual({
      changed: 1,
      notFound: [ids[3]],
    });
    expect((await call("DELETE", address("notificationIds", "notificationIds"))).body).toMatchObject({ changed: 0 });
    expect((await call("DELETE", "/Notifications/bulk", { notificationIds: ids })).body).toMatchObject({ changed: 1 });
    expect(await other.counts()).toEqual({ unread: 1, unseen: 1 });
    expect((await bulk("read", { notificationIds: Array(501).fill(ids[0]) })).status).toBe(400);
  });

  test("more than a step holds: 1,100 by one call", async () => {
    const { userId, call, counts } = await owner(0);
    const pg = new Client({ connectionString: stack.database.ownerUrl });
    await pg.connect();
    await pg.query(
      `insert into notifications (tenant_id, id, user_id, type, subject, message, status, position, created_at, visible_at)
       select 'acme', gen_random_uuid(), $1, 'General', 's', 'm', 'visible', -n, now(), now() from generate_series(1, 1100) n`,
      [userId],
    );
    await pg.end();
    expect((await call("PUT", "/Notifications/read-all")).body).toEqual({ changed: 1100 });
    expect(await counts()).toEqual({ unread: 0, unseen: 0 });
  });
});

describe("delete", () => {
  test("is for ever, with an event, and blanks what the log said before", async () => {
    const { userId, call, found, counts, cursor, since } = await owner(0);
    const after = await cursor();
    const secret = {
      subject: "secret a",
      message: "secret b",
      htmlContent: "secret c",
      summary: "secret d",
      metadata: { x: "secret e" },
    };
    const { body } = await key<Notification>("POST", "/Notifications", { userId, ...secret });
    await call("PUT", `/Notifications/${body.id}/read`);
    expect(await call("DELETE", `/Notifications/${body.id}`)).toMatchObject({ status: 200, body: { id: body.id } });
    expect(await found()).toEqual([]);
    expect(await counts()).toEqual({ unread: 0, unseen: 0 });
    for (const [method, path] of [
      ["GET", ""],
      ["PUT", "/read"],
      ["DELETE", ""],
    ] as const)
      expect((await call(method, `/Notifications/${body.id}${path}`)).status).toBe(404);
    const events = await since(after);
    expect(events.map(({ type }) => type)).toEqual([
      "notification.created",
      "notification.updated",
      "notification.deleted",
    ]);
    expect(events.every(({ data }) => data.id === body.id && data.subject === "")).toBe(true);
    expect(JSON.stringify(events)).not.toContain("secret");
  });

  test("by a key, an Admin and the console of anybody's; a list of all shows the tenant's", async () => {
    const { userId, ids, found } = await owner(4, () => ({ type: "Listed", email: "zoe@example.com" }));
    await key("PUT", `/Users/${userId}`, { displayName: "Zoe" });
    const recipientName = "Zoe";
    const listed = await key<Page>("GET", `/admin/notifications?userId=${userId}&type=Listed&status=visible`);
    expect(listed.body).toMatchObject({
      totalCount: 4,
      data: ids.toReversed().map((id) => ({ id, email: "zoe@example.com", recipientName })),
    });
    const two = (await key<Page>("GET", `/admin/notifications?userId=${userId}&limit=2`)).body;
    expect(
      (await key<Page>("GET", `/admin/notifications?userId=${userId}&before=${two.nextCursor}`)).body.data,
    ).toHaveLength(2);
    const [newest, , , oldest] = listed.body.data;
    const between = (since = "", until = "") =>
      key<Page>("GET", `/admin/notifications?userId=${userId}&since=${since}&until=${until}`);
    expect((await between(oldest?.createdAt, newest?.createdAt)).body.data.map(({ id }) => id)).toEqual(
      listed.body.data.flatMap(({ id, createdAt }) => (createdAt < (newest?.createdAt ?? "") ? id : [])),
    );
    expect((await key("GET", `/admin/notifications?until=2020-01-01T00:00:00Z`)).body).toMatchObject({ totalCount: 0 });
    expect((await key("GET", `/admin/notifications/${ids[0]}`)).body).toMatchObject({
      id: ids[0],
      email: "zoe@example.com",
      recipientName,
    });
    await key("DELETE", `/Notifications/${ids[0]}`);
    await tenant.as("root", ["Admin"])("DELETE", `/Notifications/${ids[1]}`);
    await key("DELETE", `/admin/notifications/${ids[2]}`);
    expect(await found()).toEqual([ids[3]]);
    expect((await tenant.as(userId)("GET", "/admin/notifications")).status).toBe(403);
  });
});

test("nobody else's, and another tenant's, are 404 to everything", async () => {
  const { userId, ids, found } = await owner(1);
  const other = await stack.tenant("umbra");
  for (const caller of [tenant.as("eve"), other.as(userId), other.as("root", ["Admin"])]) {
    expect((await caller("GET", `/Notifications/${ids[0]}`)).status).toBe(404);
    for (const path of ["read", "seen", "archive", "snooze"])
      expect((await caller("PUT", `/Notifications/${ids[0]}/${path}`, {})).status).toBe(404);
    expect((await caller("DELETE", `/Notifications/${ids[0]}`)).status).toBe(404);
  }
  expect((await other.key()("DELETE", `/Notifications/${ids[0]}`)).status).toBe(404);
  expect((await tenant.as(userId)("GET", "/Notifications/undefined")).status).toBe(404);
  expect(await found("?unreadOnly=true")).toEqual(ids);
});
