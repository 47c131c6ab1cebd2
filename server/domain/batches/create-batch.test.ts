import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startWorker } from "../../jobs/worker.ts";
import { comeBatch } from "../../testing/come-batch.ts";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { runBatch } from "./run-batch.ts";
import type { Batch } from "./schema.ts";

let stack: Stack;
let tenant: TestTenant;
let key: Caller;
let owner: Client;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  key = tenant.key();
  owner = new Client({ connectionString: stack.database.ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await stack.close();
});

const content = { type: "Delay", subject: "Late", message: "Ten minutes" };
const send = (body: object, headers: Record<string, string> = {}, caller = key) =>
  caller<Batch>("POST", "/Notifications/bulk", { ...content, ...body }, headers);
const read = async (id: string) => (await key<Batch>("GET", `/Notifications/batches/${id}`)).body;
/** Whom a batch has reached: each row of it, and each event. */
async function reached(id: string): Promise<{ rows: string[]; events: number }> {
  const { rows } = await owner.query("select user_id from notifications where batch_id = $1 order by user_id", [id]);
  const { rows: events } = await owner.query(
    `select count(*)::int as n from events e join notifications n on n.tenant_id = e.tenant_id and e.payload ->> 'id' = n.id::text
     where n.batch_id = $1 and e.type = 'notification.created'`,
    [id],
  );
  return { rows: rows.map((row) => row.user_id), events: events[0].n };
}
async function work(id: string, now = Date.now() + 1000): Promise<void> {
  await comeBatch(stack.api.services.db, tenant.tenantId, id, now);
}
async function finish(id: string): Promise<Batch> {
  const step = async () => {
    await work(id);
    return (await read(id)).status;
  };
  await expect.poll(step, { interval: 20 }).toBe("done");
  return read(id);
}
const people = (count: number, prefix = "p") =>
  Array.from({ length: count }, (_, i) => `${prefix}${String(i).padStart(5, "0")}`);

describe("succeeds", () => {
  test("at once, with a batch whose progress can be read; each recipient gets one, once", async () => {
    const users = people(1050);
    const { status, body } = await send({ userIds: [...users, ...users.slice(0, 100)] });
    expect(status).toBe(201);
    expect(body).toMatchObject({ batchId: body.id, status: "running", audience: "users", total: 1050, done: 0 });
    // Several workers, and each step may find another at it.
    await Promise.all([work(body.id), work(body.id), work(body.id)]);
    expect(await finish(body.id)).toMatchObject({ done: 1050, total: 1050, finishedAt: expect.any(String) });
    expect(await reached(body.id)).toEqual({ rows: users, events: 1050 });
    const inbox = await tenant.as("p00007")<{ data: object[] }>("GET", "/Notifications");
    expect(inbox.body.data).toMatchObject([{ ...content, userId: "p00007", isRead: false }]);
  });

  test("for 10,000 recipients in one call, though their ids are long", async () => {
    const users = people(10_000, "a-user-id-that-is-as-long-as-those-of-identity-providers-often-are-");
    const { status, body } = await send({ userIds: users, scheduledFor: "2990-01-01T00:00:00Z" });
    expect({ status, body }).toMatchObject({ status: 201, body: { total: 10_000, status: "scheduled" } });
    expect((await send({ userIds: [...users, "one-more"] })).status).toBe(400);
  });

  test("to a topic's subscribers, a chat's members and everyone the tenant knows", async () => {
    await key("PUT", "/admin/topics/ferries", { name: "Ferries" });
    const subscribers = "/admin/topics/ferries/subscribers";
    expect((await key("POST", subscribers, { userIds: ["ann", "bob", "cat"] })).body).toEqual({
      added: 3,
      subscribers: 3,
    });
    expect((await key("POST", subscribers, { userIds: ["bob", "dan"] })).body).toEqual({ added: 1, subscribers: 4 });
    expect((await key("DELETE", `${subscribers}/cat`)).body).toEqual({ removed: true });
    expect((await key("GET", subscribers)).body).toMatchObject({ totalCount: 3, data: [{ userId: "ann" }, {}, {}] });
    const ferries = { id: "ferries", name: "Ferries", subscribers: 3 };
    expect((await key("GET", "/admin/topics")).body).toMatchObject({ data: [ferries] });
    expect((await key("GET", "/admin/topics/ferries")).body).toMatchObject(ferries);
    const topic = (await send({ topic: "ferries" })).body;
    expect(await finish(topic.id)).toMatchObject({ total: 3, done: 3, topic: "ferries" });
    expect((await reached(topic.id)).rows).toEqual(["ann", "bob", "dan"]);

    const chat = (await tenant.as("eva")<{ id: string }>("POST", "/Chat", { memberUserIds: ["finn"] })).body;
    const members = (await send({ chatId: chat.id })).body;
    expect(await finish(members.id)).toMatchObject({ done: 2, chatId: chat.id });
    expect((await reached(members.id)).rows).toEqual(["eva", "finn"]);

    await key("PUT", "/Users/gus", { displayName: "Gus" });
    // Known by nothing but what they want to hear of.
    await key("POST", subscribers, { userIds: ["sub-only"] });
    await tenant.as("choice-only")("PUT", "/Users/choice-only/preferences", {
      categories: [{ type: "A", email: "off" }],
    });
    await tenant.as("quiet-only")("PUT", "/Users/quiet-only/preferences", { timezone: "Asia/Dubai" });
    const all = (await send({ everyone: true })).body;
    const { total } = await finish(all.id);
    expect(all.total).toBe(total);
    const { rows } = await reached(all.id);
    expect(rows.length).toBe(total);
    expect(new Set(rows).size).toBe(total);
    expect(rows).toEqual(
      expect.arrayContaining([
        "ann",
        "eva",
        "finn",
        "gus",
        "p00000",
        "p01049",
        "sub-only",
        "choice-only",
        "quiet-only",
      ]),
    );
    expect((await key("DELETE", "/admin/topics/ferries")).status).toBe(200);
    expect((await key("GET", "/admin/topics/ferries")).status).toBe(404);
    expect((await send({ topic: "ferries" })).body).toMatchObject({ status: 404, detail: "There is no such topic" });
  });

  test("once under a key, however often it is sent", async () => {
    const headers = { "idempotency-key": crypto.randomUUID() };
    const first = await send({ userIds: ["ida"] }, headers);
    expect(await send({ userIds: ["ida"] }, headers)).toMatchObject({ status: 201, body: { id: first.body.id } });
    expect((await send({ userIds: ["ida", "ian"] }, headers)).status).toBe(422);
    await finish(first.body.id);
    expect((await reached(first.body.id)).rows).toEqual(["ida"]);
  });

  test("at its time and not before; and not at all when it is cancelled", async () => {
    const soon = Date.now() + 60_000;
    const at = { scheduledFor: new Date(soon).toISOString() };
    const [sent, ended] = [
      (await send({ userIds: ["joe"], ...at })).body,
      (await send({ userIds: ["joe"], ...at })).body,
    ];
    await work(sent.id, soon - 1);
    expect(await reached(sent.id)).toEqual({ rows: [], events: 0 });
    expect((await key("DELETE", `/Notifications/batches/${ended.id}`)).body).toMatchObject({ status: "cancelled" });
    for (const { id } of [sent, ended]) await work(id, soon);
    expect((await reached(sent.id)).rows).toEqual(["joe"]);
    expect((await reached(ended.id)).rows).toEqual([]);
    expect((await key("DELETE", `/Notifications/batches/${sent.id}`)).status).toBe(409);
  });

  test("at nine where each one is, some of them later than others", async () => {
    await key("PUT", "/Users/tom", { timezone: "Pacific/Kiritimati" });
    const local = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
    const { body } = await send({ userIds: ["tom", "ned"], scheduledForLocal: `${local}T09:00` });
    expect(body.status).toBe("scheduled");
    const first = Date.parse(`${local}T09:00:00+14:00`);
    await work(body.id, first - 1);
    expect((await reached(body.id)).rows).toEqual([]);
    await work(body.id, first);
    const { rows } = await owner.query("select user_id, status, scheduled_for from notifications where batch_id = $1", [
      body.id,
    ]);
    expect(rows).toEqual(
      expect.arrayContaining([
        { user_id: "tom", status: "visible", scheduled_for: new Date(first) },
        { user_id: "ned", status: "scheduled", scheduled_for: new Date(`${local}T09:00:00Z`) },
      ]),
    );
    expect((await key("DELETE", `/Notifications/batches/${body.id}`)).status).toBe(200);
    expect((await key("GET", `/admin/notifications?batchId=${body.id}&status=cancelled`)).body).toMatchObject({
      totalCount: 1,
    });
  });
});

test("expired before anybody was told: it reaches nobody, and the decisions still add up to its audience", async () => {
  const users = people(230, "x");
  const expiresAt = new Date(Date.now() + 60_000).toISOString();
  const { body } = await send({ userIds: users, expiresAt, scheduledFor: new Date(Date.now() + 30_000).toISOString() });
  await work(body.id, Date.parse(expiresAt));
  expect(await read(body.id)).toMatchObject({ status: "done", done: 230 });
  expect(await reached(body.id)).toEqual({ rows: [], events: 0 });
  expect((await key("GET", `/admin/deliveries/summary?batchId=${body.id}`)).body).toEqual({
    inApp: { total: 230, statuses: { expired: 230 } },
    email: { total: 230, statuses: { expired: 230 } },
  });
});

describe("a scheduled one can be changed", () => {
  const later = (ms: number) => new Date(Date.now() + ms).toISOString();
  const change = (id: string, body: object, caller = key) =>
    caller<Batch>("PATCH", `/Notifications/batches/${id}`, body);

  test("in what it says and in its time, and goes out so; what is left out stays, but for the HTML of another message", async () => {
    const kept = { summary: "Kept", priority: "High" };
    const html = { htmlContent: "<p>Said in another way</p>" };
    const { body } = await send({ userIds: ["una"], scheduledFor: later(3_600_000), ...kept, ...html });
    const sooner = later(60_000);
    const changed = await change(body.id, { subject: "Earlier", message: "Gate 7", scheduledFor: sooner });
    expect(changed).toMatchObject({ status: 200, body: { ...body, subject: "Earlier", scheduledFor: sooner } });
    await work(body.id, Date.parse(sooner) - 1);
    expect((await reached(body.id)).rows).toEqual([]);
    await work(body.id, Date.parse(sooner));
    expect((await reached(body.id)).rows).toEqual(["una"]);
    const { body: inbox } = await tenant.as("una")<{ data: object[] }>("GET", "/Notifications");
    expect(inbox.data).toMatchObject([{ ...content, subject: "Earlier", message: "Gate 7", ...kept }]);
    expect(inbox.data[0]).not.toHaveProperty("htmlContent");
    expect((await change(body.id, { subject: "Too late" })).status).toBe(409);
  });

  test("by more at once than there are connections to the database, one after the other", async () => {
    const { body } = await send({ userIds: ["uwe"], scheduledFor: later(3_600_000) });
    const changes = Array.from({ length: 20 }, (_, i) => change(body.id, { subject: `Late ${i}` }));
    expect(new Set((await Promise.all(changes)).map(({ status }) => status))).toEqual(new Set([200]));
  });

  test("to each one's own clock and back, and to now", async () => {
    const { body } = await send({ userIds: ["uri"], scheduledFor: later(3_600_000) });
    const local = (await change(body.id, { scheduledForLocal: "2990-01-01T09:00" })).body;
    expect([local.scheduledForLocal, local.scheduledFor]).toEqual(["2990-01-01T09:00", undefined]);
    expect((await change(body.id, { scheduledFor: later(-1000) })).body).toMatchObject({ status: "running" });
    expect(await finish(body.id)).toMatchObject({ done: 1 });
  });

  test("but not into what could not have been sent, nor by anybody else, nor when it is cancelled", async () => {
    const metadataSchema = { type: "object", properties: { pier: { type: "integer" } }, required: ["pier"] };
    const declared = await key("PUT", "/admin/categories/Strict", { title: "Strict", metadataSchema });
    expect(declared.status).toBe(200);
    const { body } = await send({ userIds: ["udo"], scheduledFor: later(3_600_000) });
    for (const wrong of [
      { type: "Strict" },
      { subject: "" },
      { expiresAt: later(60_000) },
      { scheduledFor: later(1000), scheduledForLocal: "2990-01-01T09:00" },
    ])
      expect([wrong, (await change(body.id, wrong)).status]).toEqual([wrong, 400]);
    expect((await change(body.id, { subject: "Mine" }, tenant.as("udo"))).status).toBe(403);
    expect((await change(body.id, { subject: "Mine" }, (await stack.tenant("vesta")).key())).status).toBe(404);
    expect(await read(body.id)).toEqual(body);
    await key("DELETE", `/Notifications/batches/${body.id}`);
    expect((await change(body.id, { subject: "Late" })).status).toBe(409);
  });
});

test("a worker does it all by itself, and what another left half done; nothing is made twice", async () => {
  const users = people(900, "w");
  const { body } = await send({ userIds: users });
  const { db } = stack.api.services;
  await runBatch(db, tenant.tenantId, body.id, Date.now(), 300);
  const scheduledFor = new Date(Date.now() + 300).toISOString();
  const single = await key<{ id: string }>("POST", "/Notifications", { ...content, userId: "wim", scheduledFor });
  const worker = await startWorker(stack.config);
  try {
    await expect.poll(async () => (await read(body.id)).status).toBe("done");
    const wims = () => tenant.as("wim")<{ data: { id: string }[] }>("GET", "/Notifications");
    await expect.poll(async () => (await wims()).body.data).toMatchObject([{ id: single.body.id, status: "visible" }]);
  } finally {
    await worker.close();
  }
  expect(await reached(body.id)).toEqual({ rows: users, events: 900 });
});

test("a step that fails is noted, comes again, and is given up at last", async () => {
  const { body } = await send({ userIds: ["kim"], scheduledFor: new Date(Date.now() + 60_000).toISOString() });
  await owner.query("update notification_batches set content = content - 'subject' where id = $1", [body.id]);
  const { db } = stack.api.services;
  for (let attempt = 1; attempt <= 10; attempt++)
    await expect(runBatch(db, tenant.tenantId, body.id, Date.now() + attempt * 3_600_000)).rejects.toThrow();
  const { rows } = await owner.query("select status, attempts, error, due_at from notification_batches where id = $1", [
    body.id,
  ]);
  expect(rows).toEqual([{ status: "failed", attempts: 10, error: expect.stringContaining("subject"), due_at: null }]);
});

test.each([
  ["nobody", {}, "userIds"],
  ["an empty list", { userIds: [] }, "userIds"],
  ["two audiences", { userIds: ["a"], everyone: true }, "userIds"],
  ["no text", { userIds: ["a"], message: null }, "message"],
  [
    "gone where it comes last",
    { userIds: ["a"], scheduledForLocal: "2990-01-01T09:00", expiresAt: "2990-01-01T21:00:00Z" },
    "expiresAt",
  ],
])("bad input: %s", async (_name, body, field) => {
  expect(await send(body)).toMatchObject({ status: 400, body: { errors: { [field]: expect.any(Array) } } });
});

test("is for keys and Admins of the tenant", async () => {
  expect((await send({ userIds: ["a"] }, {}, tenant.as("ada"))).status).toBe(403);
  expect((await send({ userIds: ["a"] }, {}, tenant.as("root", ["Admin"]))).status).toBe(201);
  const { body } = await send({ userIds: ["a"] });
  const other = await stack.tenant("umbra");
  expect((await other.key()("GET", `/Notifications/batches/${body.id}`)).status).toBe(404);
  expect((await send({ chatId: "undefined" })).body).toMatchObject({ status: 404, detail: "There is no such chat" });
});
