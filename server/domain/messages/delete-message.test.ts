import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Chat } from "../chats/schema.ts";
import type { Message } from "./schema.ts";

let stack: Stack;
let tenant: TestTenant;
let ada: Caller;
let ben: Caller;
let chat: Chat;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  ada = tenant.as("ada");
  ben = tenant.as("ben");
  chat = (await ada<Chat>("POST", "/Chat", { memberUserIds: ["ben", "cleo"] })).body;
});
afterAll(() => stack.close());

const send = async (caller: Caller, body: object = {}) =>
  (await caller<Message>("POST", `/Chat/${chat.id}/messages`, { content: "secret words", ...body })).body;
const remove = (caller: Caller, { id }: Message) => caller<Message>("DELETE", `/Chat/${chat.id}/messages/${id}`);

describe("succeeds", () => {
  test("with a tombstone that says who and when, not what", async () => {
    const sent = await send(ben, { metadata: { secret: "metadata" }, mentionUserIds: ["ada"], clientMessageId: "c1" });
    const { status, body } = await remove(ben, sent);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: sent.id, seq: sent.seq, senderId: "ben", content: "", metadata: {} });
    expect(body.deletedAt).toMatch(/Z$/);
    expect(body).not.toHaveProperty("mentionUserIds");
    expect((await ada<Message>("GET", `/Chat/${chat.id}/messages/${sent.id}`)).body).toEqual(body);
    expect((await ada<Chat>("GET", `/Chat/${chat.id}`)).body.lastMessage).toEqual(body);
  });

  test("and blanks what the log and the history said before", async () => {
    const after = (await ada<{ nextCursor: string }>("GET", "/events")).body.nextCursor;
    const sent = await send(ben, { metadata: { a: "secret metadata" }, mentionUserIds: ["ada"] });
    await ben("PATCH", `/Chat/${chat.id}/messages/${sent.id}`, { content: "secret correction" });
    await remove(ben, sent);
    const { body } = await ada<{ data: { type: string; seq: number; data: Message }[] }>(
      "GET",
      `/events?after=${after}`,
    );
    expect(body.data.map(({ type }) => type)).toEqual(["message.created", "message.edited", "message.deleted"]);
    for (const { seq, data } of body.data) {
      expect(seq).toBe(sent.seq);
      expect(data).toMatchObject({
        id: sent.id,
        content: "",
        message: "",
        metadata: {},
        deletedAt: expect.any(String),
      });
    }
    expect(JSON.stringify(body)).not.toContain("secret");
    const edits = await ada<{ totalCount: number }>("GET", `/Chat/${chat.id}/messages/${sent.id}/edits`);
    expect(edits.body.totalCount).toBe(0);
    expect(await rowsContaining("secret correction")).toEqual([]);
  });

  test("a second time with the first tombstone and no second event", async () => {
    const sent = await send(ben);
    const first = await remove(ben, sent);
    const after = (await ada<{ nextCursor: string }>("GET", "/events")).body.nextCursor;
    expect(await remove(ben, sent)).toMatchObject({ status: 200, body: first.body });
    expect((await ada<{ data: [] }>("GET", `/events?after=${after}`)).body.data).toEqual([]);
  });

  test("and a repeat of the send gets the tombstone, not a new message", async () => {
    const clientMessageId = crypto.randomUUID();
    const sent = await send(ben, { clientMessageId });
    await remove(ben, sent);
    expect(await send(ben, { clientMessageId })).toMatchObject({ id: sent.id, content: "" });
  });

  test("for the owner, moderators and Admins too", async () => {
    expect((await remove(tenant.as("cleo"), await send(ben))).status).toBe(403);
    expect((await remove(ada, await send(ben))).status).toBe(200);
    expect((await remove(tenant.as("olga", ["Admin"]), await send(ben))).status).toBe(200);
    await ada("PATCH", `/Chat/${chat.id}/members/cleo`, { role: "moderator" });
    expect((await remove(tenant.as("cleo"), await send(ben))).status).toBe(200);
  });
});

/** Tables that still hold some words. */
async function rowsContaining(words: string): Promise<string[]> {
  const client = new Client({ connectionString: stack.database.ownerUrl });
  await client.connect();
  try {
    const found: string[] = [];
    for (const table of ["messages", "message_edits", "events", "chat_heads", "send_keys", "idempotency_keys"]) {
      const { rows } = await client.query(`select 1 from ${table} t where t::text like '%' || $1 || '%'`, [words]);
      if (rows.length > 0) found.push(table);
    }
    return found;
  } finally {
    await client.end();
  }
}

test("not a member, nothing there and other tenants get 404", async () => {
  const sent = await send(ben);
  const other = await stack.tenant("umbra");
  expect((await remove(tenant.as("eve"), sent)).status).toBe(404);
  expect((await remove(other.as("ben", ["Admin"]), sent)).status).toBe(404);
  expect((await ben("DELETE", `/Chat/${chat.id}/messages/undefined`)).status).toBe(404);
  expect((await ada<Message>("GET", `/Chat/${chat.id}/messages/${sent.id}`)).body.content).toBe("secret words");
});
