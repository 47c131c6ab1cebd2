import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { holdMails } from "../../testing/held-mails.ts";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { moveTimes } from "./move-times.ts";
import type { Notification } from "./schema.ts";
import { settleDue } from "./settle-due.ts";

// The clock is the test's: nothing here waits for one.

const minute = 60_000;
let clock = Date.parse("2026-11-26T08:00:00Z");
let stack: Stack;
let tenant: TestTenant;
let key: Caller;
let ada: Caller;

beforeAll(async () => {
  stack = await startStack({}, () => clock);
  tenant = await stack.tenant("acme");
  key = tenant.key();
  ada = tenant.as("ada");
});
afterAll(() => stack.close());

interface Events {
  data: { type: string; data: Notification }[];
  nextCursor: string;
}
interface Page {
  data: Notification[];
  totalCount: number;
}

const inMinutes = (minutes: number) => new Date(clock + minutes * minute).toISOString();
const create = async (body: object) =>
  (await key<Notification>("POST", "/Notifications", { userId: "ada", subject: "s", message: "m", ...body })).body;
const inbox = async (query = "") => (await ada<Page>("GET", `/Notifications${query}`)).body.data.map(({ id }) => id);
const counts = async () =>
  (await ada<{ inbox: { unread: number; unseen: number } }>("GET", "/counters")).body.inbox.unread;
const cursor = async () => (await ada<Events>("GET", "/events")).body.nextCursor;
const since = async (after: string) => (await ada<Events>("GET", `/events?after=${after}&limit=500`)).body.data;
/** Steps until nothing is due, as the worker's loop does. */
async function settleAll(): Promise<void> {
  while (await settleDue(stack.api.services.db, tenant.tenantId, clock));
}
async function pass(minutes: number): Promise<void> {
  clock += minutes * minute;
  await settleAll();
}

test("at nine where they are: also for who moves before, and not for somebody else", async () => {
  const day = "2026-12-24";
  const [mine, other] = [
    await create({ scheduledForLocal: `${day}T09:00` }),
    await create({ userId: "ben", scheduledForLocal: `${day}T09:00` }),
  ];
  const timeOf = async (id: string) => (await key<Notification>("GET", `/admin/notifications/${id}`)).body.scheduledFor;
  await key("PUT", "/Users/ada", { timezone: "Asia/Dubai" });
  expect([await timeOf(mine.id), await timeOf(other.id)]).toEqual([`${day}T05:00:00.000Z`, `${day}T09:00:00.000Z`]);
  await key("PUT", "/Users/ada", { timezone: "America/New_York", displayName: "Ada" });
  expect(await timeOf(mine.id)).toBe(`${day}T14:00:00.000Z`);
  await key("PUT", "/Users/ada", { displayName: "Ada" });
  expect(await timeOf(mine.id)).toBe(`${day}T09:00:00.000Z`);
  // Where it is nine already it comes at once.
  const soon = new Date(clock + 3_600_000).toISOString().slice(0, 16);
  const next = await create({ scheduledForLocal: soon });
  await key("PUT", "/Users/ada", { timezone: "Asia/Dubai" });
  await settleAll();
  expect(await inbox()).toContain(next.id);
  await key("PUT", "/Users/ada", {});
});

test("at nine where they are, when it is the tenant that moves: all who have no zone of their own go with it", async () => {
  const nine = { scheduledForLocal: "2026-12-24T09:00" };
  await key("PUT", "/Users/pia", { timezone: "Asia/Tokyo" });
  const many = Array.from({ length: 520 }, (_, i) => `m${i}`); // more than a step
  const [own, none, set] = await Promise.all([
    create({ userId: "pia", ...nine }),
    create({ userId: "ben", ...nine }),
    create({ userId: "ben", scheduledFor: "2026-12-24T09:00:00.000Z" }),
  ]);
  const { body: batch } = await key<{ id: string }>("POST", "/Notifications/bulk", {
    ...{ userIds: many, subject: "s", message: "m", type: "Nine" },
    ...nine,
  });
  await key("PATCH", "/admin/tenant", { settings: { timezone: "Asia/Dubai" } });
  await moveTimes(stack.api.services.db, tenant.tenantId);
  const timeOf = async (id: string) => (await key<Notification>("GET", `/admin/notifications/${id}`)).body.scheduledFor;
  expect(await Promise.all([own, none, set].map(({ id }) => timeOf(id)))).toEqual([
    "2026-12-24T00:00:00.000Z",
    "2026-12-24T05:00:00.000Z",
    "2026-12-24T09:00:00.000Z",
  ]);
  await key("PATCH", "/admin/tenant", { settings: { timezone: "UTC" } });
  await moveTimes(stack.api.services.db, tenant.tenantId);
  expect(await timeOf(none.id)).toBe("2026-12-24T09:00:00.000Z");
  await key("POST", `/Notifications/batches/${batch.id}/cancel`);
});

describe("scheduled", () => {
  test("is in no inbox, no count and no event before its time, and in all of them after", async () => {
    const [after, unread] = [await cursor(), await counts()];
    const made = await create({ scheduledFor: inMinutes(10) });
    expect(made).toMatchObject({ status: "scheduled", scheduledFor: inMinutes(10) });
    await pass(9);
    expect(await inbox()).not.toContain(made.id);
    expect((await ada("GET", `/Notifications/${made.id}`)).status).toBe(404);
    expect((await ada("PUT", `/Notifications/${made.id}/read`)).status).toBe(404);
    expect([await since(after), await counts()]).toEqual([[], unread]);
    await pass(1);
    const { body } = await ada<Notification>("GET", `/Notifications/${made.id}`);
    expect(body).toMatchObject({ status: "visible", isRead: false, visibleAt: new Date(clock).toISOString() });
    expect((await inbox())[0]).toBe(made.id);
    expect(await since(after)).toMatchObject([{ type: "notification.created", data: body }]);
    expect(await counts()).toBe(unread + 1);
  });

  test("appears once, however many workers step at that moment", async () => {
    const after = await cursor();
    const made = await Promise.all(Array.from({ length: 30 }, () => create({ scheduledFor: inMinutes(5) })));
    clock += 5 * minute;
    await Promise.all(Array.from({ length: 6 }, settleAll));
    const events = await since(after);
    expect(events.map(({ data }) => data.id).toSorted()).toEqual(made.map(({ id }) => id).toSorted());
  });

  test("is listed for keys and Admins, changed and cancelled; not for users", async () => {
    const made = await create({ scheduledFor: inMinutes(5), type: "Listed" });
    const list = (caller: Caller, query = "status=scheduled&type=Listed") =>
      caller<Page>("GET", `/Notifications?${query}`);
    expect((await list(key)).body).toMatchObject({ totalCount: 1, data: [{ id: made.id }] });
    expect((await list(tenant.as("root", ["Admin"]))).body.totalCount).toBe(1);
    expect((await list(key, "status=scheduled&type=Listed&priority=High")).body.totalCount).toBe(0);
    expect((await list(ada)).status).toBe(403);
    const change = { subject: "later", scheduledFor: inMinutes(20), priority: 3 };
    expect((await ada("PATCH", `/Notifications/${made.id}`, change)).status).toBe(403);
    expect((await key("PATCH", `/Notifications/${made.id}`, change)).body).toMatchObject({
      subject: "later",
      priority: "Urgent",
    });
    await pass(10);
    expect(await inbox()).not.toContain(made.id);
    expect((await ada("DELETE", `/Notifications/${made.id}`)).status).toBe(404);
    expect((await key("DELETE", `/Notifications/${made.id}`)).body).toEqual({ id: made.id, status: "cancelled" });
    await pass(20);
    expect(await inbox()).not.toContain(made.id);
    expect((await list(key, "status=cancelled")).body.data[0]).toMatchObject({ id: made.id, status: "cancelled" });
    expect(await key("PATCH", `/Notifications/${made.id}`, change)).toMatchObject({ status: 409 });
  });

  test("at nine by each one's own clock: the profile's zone, else the tenant's", async () => {
    await key("PATCH", "/admin/tenant", { settings: { timezone: "America/New_York" } });
    await key("PUT", "/Users/tom", { timezone: "Asia/Tokyo" });
    const local = { scheduledForLocal: "2027-03-28T09:00" };
    expect((await create({ userId: "tom", ...local })).scheduledFor).toBe("2027-03-28T00:00:00.000Z");
    expect((await create({ userId: "ned", ...local })).scheduledFor).toBe("2027-03-28T13:00:00.000Z");
    await key("PUT", "/Users/eva", { timezone: "Europe/Berlin" });
    // That night the clock there goes from 2:00 to 3:00.
    const gap = await create({ userId: "eva", scheduledForLocal: "2027-03-28T02:30" });
    expect(gap.scheduledFor).toBe("2027-03-28T01:30:00.000Z");
  });

  test("and gone before it is there leaves its user no trace; whoever runs the tenant reads why", async () => {
    const after = await cursor();
    const made = await create({ scheduledFor: inMinutes(5), expiresAt: inMinutes(6) });
    await pass(10);
    expect(await inbox()).not.toContain(made.id);
    expect(await since(after)).toEqual([]);
    const why = await key<{ data: object[] }>("GET", `/Notifications/${made.id}/deliveries`);
    expect(why.body.data).toMatchObject([
      { channel: "email", status: "expired", userId: "ada", subject: "s" },
      { channel: "inApp", status: "expired", userId: "ada", subject: "s" },
    ]);
  });
});

test("a scheduled one whose time comes while it is being cancelled is deleted, not called unknown", async () => {
  const { id } = await create({ scheduledFor: inMinutes(5) });
  const { lanes } = stack.api.services.db;
  const submit = lanes.submit.bind(lanes);
  const spy = vi.spyOn(lanes, "submit").mockImplementationOnce(async (...asked) => {
    const answer = await submit(...asked);
    await pass(6);
    return answer;
  });
  const answer = await key("DELETE", `/Notifications/${id}`);
  spy.mockRestore();
  expect(answer).toMatchObject({ status: 200, body: { id, status: "deleted" } });
  expect(await inbox()).not.toContain(id);
});

test("snoozed is gone, and comes back by itself with an event", async () => {
  const made = await create({});
  const unread = await counts();
  const put = await ada<Notification>("PUT", `/Notifications/${made.id}/snooze`, { until: inMinutes(10) });
  expect(put.body).toMatchObject({ id: made.id, snoozedUntil: inMinutes(10) });
  expect(await inbox()).not.toContain(made.id);
  expect(await inbox("?snoozed=true")).toEqual([made.id]);
  expect(await counts()).toBe(unread - 1);
  const after = await cursor();
  await pass(9);
  expect(await since(after)).toEqual([]);
  await pass(1);
  const [event] = await since(after);
  expect(event).toMatchObject({ type: "notification.updated", data: { id: made.id } });
  expect(event?.data).not.toHaveProperty("snoozedUntil");
  expect(await inbox()).toContain(made.id);
  expect(await counts()).toBe(unread);
  expect((await ada("PUT", `/Notifications/${made.id}/snooze`, { until: inMinutes(-1) })).status).toBe(400);
  await ada("PUT", `/Notifications/${made.id}/snooze`, { until: inMinutes(10) });
  await ada("PUT", `/Notifications/${made.id}/snooze`);
  expect(await inbox()).toContain(made.id);
});

test("what sleeps and is filed is in the archive, and what is filed and sent away comes back to the inbox", async () => {
  const { id } = await create({});
  const unread = await counts();
  const put = async (what: string, body?: object) =>
    (await ada<Notification>("PUT", `/Notifications/${id}/${what}`, body)).body;
  const places = async () =>
    (await Promise.all(["", "?archived=true", "?snoozed=true"].map(inbox))).map((ids) => ids.includes(id));
  await put("snooze", { until: inMinutes(10) });
  expect(await put("archive")).not.toHaveProperty("snoozedUntil");
  expect(await places()).toEqual([false, true, false]);
  await pass(10);
  expect(await places()).toEqual([false, true, false]);
  expect(await put("snooze", { until: inMinutes(10) })).not.toHaveProperty("archivedAt");
  expect([await places(), await counts()]).toEqual([[false, false, true], unread - 1]);
  await pass(10);
  expect([await places(), await counts()]).toEqual([[true, false, false], unread]);
});

test("expired is gone at its time, worker or not; then its row and what the log said of it go", async () => {
  const after = await cursor();
  const made = await create({ subject: "secret words", expiresAt: inMinutes(10) });
  await ada("PUT", `/Notifications/${made.id}/seen`);
  const unread = await counts();
  clock += 10 * minute;
  expect([await inbox(), await counts()]).toEqual([expect.not.arrayContaining([made.id]), unread - 1]);
  expect((await ada("GET", `/Notifications/${made.id}`)).status).toBe(404);
  await settleAll();
  const events = await since(after);
  expect(events.map(({ type }) => type)).toEqual([
    "notification.created",
    "notification.updated",
    "notification.deleted",
  ]);
  expect(JSON.stringify(events)).not.toContain("secret words");
  expect((await key("GET", `/admin/notifications/${made.id}`)).status).toBe(404);
});

test("a mail that waits while its notification expires is told as expired, at once; one that went out is not", async () => {
  const { db } = stack.api.services;
  const [userId, expiresAt] = ["eva", new Date(clock + 10 * minute)];
  const held = (["held", "folded", "held", "held"] as const).map((status) => ({ userId, status, expiresAt }));
  const ids = await holdMails(db, tenant.tenantId, [...held, { userId }], new Date(clock + 60 * minute));
  const { delivery } = db.forTenant(tenant.tenantId);
  await delivery.updateMany({ where: { notificationId: ids[2] ?? "" }, data: { status: "queued" } });
  await delivery.updateMany({ where: { notificationId: ids[3] ?? "" }, data: { status: "sent" } });
  await pass(11);
  const rows = await delivery.findMany({ where: { userId } });
  const ends = new Map(rows.map(({ notificationId, status, heldUntil }) => [notificationId, [status, !heldUntil]]));
  const gone = ["expired", true];
  expect(ids.map((id) => ends.get(id))).toEqual([gone, gone, gone, ["sent", false], ["held", false]]);
});

test("everything is read though some of it has expired and no worker has been by", async () => {
  const max = tenant.as("max");
  const newest = await create({ userId: "max", expiresAt: inMinutes(1) });
  const owner = new Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
  const older = `insert into notifications select (jsonb_populate_record(n,
    jsonb_build_object('id', gen_random_uuid(), 'position', n.position - g, 'expires_at', null))).*
    from notifications n, generate_series(1, 500) g where n.id = $1`;
  await owner.query(older, [newest.id]).finally(() => owner.end());
  clock += 10 * minute;
  expect((await max("PUT", "/Notifications/read-all")).body).toEqual({ changed: 500 });
  expect((await max("GET", "/Notifications/unread-count")).body).toMatchObject({ unreadCount: 0 });
});

test("what a person does not want in the inbox is filed there and calls nobody; what is required comes all the same", async () => {
  const silent = { type: "Gossip" };
  await ada("PUT", "/Users/ada/preferences", { categories: [{ type: "Gossip", inApp: "off" }] });
  const [after, unread] = [await cursor(), await counts()];
  const now = await create(silent);
  const later = await create({ ...silent, scheduledFor: inMinutes(1) });
  await pass(1);
  expect(await counts()).toBe(unread);
  expect(await inbox("?archived=true&type=Gossip")).toEqual([later.id, now.id]);
  expect((await since(after)).map(({ type }) => type)).toEqual(["notification.updated", "notification.updated"]);
  await key("PUT", "/admin/categories/Gossip", { title: "Gossip", required: true, channels: ["inApp"] });
  expect(await create(silent)).toMatchObject({ isRead: false });
  expect(await counts()).toBe(unread + 1);
});
