import { afterAll, beforeAll, expect, test } from "vitest";
import { comeBatch } from "../../testing/come-batch.ts";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { settleDue } from "../notifications/settle-due.ts";
import type { Batch } from "./schema.ts";

// Who leaves a topic or a chat that a send is for before its time has come for them. The clock is the test's.

const day = "2026-12-24";
const before = Date.parse("2026-12-20T08:00:00Z");
const firstNine = Date.parse(`${day}T09:00:00+14:00`);
const lastNine = Date.parse(`${day}T09:00:00Z`);
let clock = before;
let stack: Stack;
let tenant: TestTenant;
let key: Caller;

beforeAll(async () => {
  stack = await startStack({}, () => clock);
  tenant = await stack.tenant("acme");
  key = tenant.key();
  await key("PUT", "/Users/ann", { timezone: "Pacific/Kiritimati" });
});
afterAll(() => stack.close());

interface Group {
  audience: object;
  add(userId: string): Promise<unknown>;
  remove(userId: string): Promise<unknown>;
}

async function topicOf(userIds: string[]): Promise<Group> {
  const topic = crypto.randomUUID();
  const path = `/admin/topics/${topic}`;
  await key("PUT", path, { name: "Piers" });
  await key("POST", `${path}/subscribers`, { userIds });
  return {
    audience: { topic },
    add: (userId) => key("POST", `${path}/subscribers`, { userIds: [userId] }),
    remove: (userId) => key("DELETE", `${path}/subscribers/${userId}`),
  };
}

async function chatOf([owner = "", ...memberUserIds]: string[]): Promise<Group> {
  const { id: chatId } = (await tenant.as(owner)<{ id: string }>("POST", "/Chat", { memberUserIds })).body;
  const path = `/admin/chats/${chatId}/members`;
  return {
    audience: { chatId },
    add: (userId) => key("POST", path, { userIds: [userId] }),
    remove: (userId) => key("DELETE", `${path}/${userId}`),
  };
}

const kinds = [
  ["topic", topicOf],
  ["chat", chatOf],
] as const;
const names = ["ann", "ben", "cat"];

async function send(body: object): Promise<string> {
  clock = before;
  const said = { type: "Delay", subject: "Late", message: "Ten minutes" };
  const answer = await key<Batch>("POST", "/Notifications/bulk", { ...said, ...body });
  expect(answer.status).toBe(201);
  return answer.body.id;
}

async function come(id: string, now: number): Promise<void> {
  clock = now;
  const { db } = stack.api.services;
  await comeBatch(db, tenant.tenantId, id, now);
  while (await settleDue(db, tenant.tenantId, now));
}

/** Who has got it, of whom any sign of it is there. */
async function reached(id: string): Promise<string[]> {
  const { notification } = stack.api.services.db.forTenant(tenant.tenantId);
  const rows = await notification.findMany({ where: { batchId: id }, orderBy: { userId: "asc" } });
  return rows.map(({ userId, status }) => (status === "visible" ? userId : `${userId} ${status}`));
}

test.each(kinds)(
  "who leaves the %s before its time by their own clock is not reached, and why is told",
  async (kind, of) => {
    const { audience, add, remove } = await of(names);
    const id = await send({ ...audience, scheduledForLocal: `${day}T09:00` });
    await come(id, firstNine);
    expect(await reached(id)).toEqual(["ann", "ben scheduled", "cat scheduled"]);
    for (const userId of names) await remove(userId);
    for (const userId of ["cat", "dan"]) await add(userId);
    const { body: since } = await tenant.as("ben")<{ nextCursor: string }>("GET", "/events");
    await come(id, lastNine);
    // Who had it keeps it; who is back has it; who came after it was planned has not.
    expect(await reached(id)).toEqual(["ann", "cat"]);
    const { body: events } = await tenant.as("ben")<{ data: object[] }>("GET", `/events?after=${since.nextCursor}`);
    expect(events.data).toEqual([]);
    const left = `/admin/deliveries?batchId=${id}&status=left`;
    const { body: list } = await key<{ data: { notificationId: string }[] }>("GET", left);
    expect(list.data).toHaveLength(2);
    const why = { userId: "ben", status: "left", rule: kind, subject: "Late", type: "Delay" };
    const told = await tenant.as("ben")("GET", `/Notifications/${list.data[0]?.notificationId}/deliveries`);
    const data = ["email", "inApp"].map((channel) => ({ channel, ...why }));
    expect(told.body).toMatchObject({ data });
  },
);

test.each(kinds)("nor is who leaves the %s before a time that is the same for all", async (_, of) => {
  const { audience, remove } = await of(names);
  const id = await send({ ...audience, scheduledFor: new Date(lastNine).toISOString() });
  await remove("ben");
  await come(id, lastNine);
  expect(await reached(id)).toEqual(["ann", "cat"]);
});

test("who leaves a topic or chat still gets what is for everyone, for them by name or for them alone", async () => {
  const groups = [await topicOf(names), await chatOf(names)];
  const local = { scheduledForLocal: `${day}T09:00` };
  const ids = [await send({ userIds: ["ann", "ben"], ...local }), await send({ everyone: true, ...local })];
  const one = { userId: "ben", subject: "s", message: "m", ...groups[1]?.audience, ...local };
  const alone = await key<{ id: string }>("POST", "/Notifications", one);
  for (const id of ids) await come(id, firstNine);
  for (const { remove } of groups) await remove("ben");
  for (const id of ids) await come(id, lastNine);
  for (const id of ids) expect(await reached(id)).toContain("ben");
  expect(await tenant.as("ben")("GET", `/Notifications/${alone.body.id}`)).toMatchObject({ status: 200 });
});
