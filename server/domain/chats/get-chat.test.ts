import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Chat } from "./schema.ts";

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

const createChat = async (body: unknown) => (await ada<Chat>("POST", "/Chat", body)).body;
const sendMany = (caller: Caller, chat: Chat, count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, i) => caller("POST", `/Chat/${chat.id}/messages`, { content: `m${i}` })),
  );

describe("succeeds", () => {
  test("with what the member sees: last message, own read position, own role, own mute", async () => {
    const chat = await createChat({ name: "Crew", memberUserIds: ["ben"], metadata: { deck: 3 } });
    await ada("POST", `/Chat/${chat.id}/messages`, { content: "Hello" });
    await ada("PUT", `/Chat/${chat.id}/notifications`, { mute: "all" });
    expect(await ada<Chat>("GET", `/Chat/${chat.id}`)).toMatchObject({
      status: 200,
      body: { id: chat.id, name: "Crew", createdBy: "ada", memberCount: 2, lastSeq: 1, lastReadSeq: 1, unreadCount: 0 },
    });
    expect((await ben<Chat>("GET", `/Chat/${chat.id}`)).body).toMatchObject({
      metadata: { deck: 3 },
      role: "member",
      unreadCount: 1,
      lastReadSeq: 0,
      lastMessage: { content: "Hello", message: "Hello", senderId: "ada", seq: 1 },
      notifications: { mute: "none" },
    });
  });

  test("with until when the caller is muted, while that lasts", async () => {
    const chat = await createChat({ memberUserIds: ["ben"] });
    const mute = (mutedUntil: string) => ada("PATCH", `/Chat/${chat.id}/members/ben`, { mutedUntil });
    const seen = async (caller: Caller) => (await caller<Chat>("GET", `/Chat/${chat.id}`)).body;
    await mute("2990-01-01T00:00:00.000Z");
    expect(await seen(ben)).toMatchObject({ mutedUntil: "2990-01-01T00:00:00.000Z" });
    expect(await seen(ada)).not.toHaveProperty("mutedUntil");
    expect((await ben<{ data: Chat[] }>("GET", "/Chat?limit=1")).body.data).toMatchObject([
      { mutedUntil: "2990-01-01T00:00:00.000Z" },
    ]);
    await mute("2020-01-01T00:00:00.000Z");
    expect(await seen(ben)).not.toHaveProperty("mutedUntil");
  });

  test("with an unread count that is exact from 0 to 99; 100 means more", async () => {
    const chat = await createChat({ memberUserIds: ["ben"] });
    const unread = async () => (await ben<Chat>("GET", `/Chat/${chat.id}`)).body.unreadCount;
    expect(await unread()).toBe(0);
    await sendMany(ada, chat, 99);
    expect(await unread()).toBe(99);
    await sendMany(ada, chat, 1);
    expect(await unread()).toBe(100);
    await sendMany(ada, chat, 20);
    expect(await unread()).toBe(100);
    await ben("PUT", `/Chat/${chat.id}/read`, { seq: 21 });
    expect(await unread()).toBe(99);
  });

  test("without counting what is deleted or one's own", async () => {
    const chat = await createChat({ memberUserIds: ["ben"] });
    const [first] = (await sendMany(ada, chat, 3)) as unknown as { body: { id: string } }[];
    await ben("POST", `/Chat/${chat.id}/messages`, { content: "mine" });
    await ben("PUT", `/Chat/${chat.id}/read`, { seq: 1, unread: true });
    await ada("DELETE", `/Chat/${chat.id}/messages/${first?.body.id}`);
    expect((await ben<Chat>("GET", `/Chat/${chat.id}`)).body).toMatchObject({ unreadCount: 2, lastReadSeq: 0 });
  });

  test("under every spelling of the address: letter case, v1.0, trailing slash", async () => {
    const chat = await createChat({ name: "Spelt" });
    const authorization = `Bearer ${await tenant.token("ada")}`;
    for (const path of [
      `/tenant/acme/v1/chat/${chat.id}`,
      `/tenant/acme/V1.0/Chat/${chat.id}/`,
      `/TENANT/acme/v1.0/CHAT/${chat.id.toUpperCase()}?unknown=1`,
    ]) {
      const answer = await fetch(`${stack.url}${path}`, { headers: { authorization } });
      expect(await answer.json()).toMatchObject({ id: chat.id, name: "Spelt" });
    }
  });

  test("with the position that the answer is true at", async () => {
    const chat = await createChat({ memberUserIds: ["ben"] });
    const { headers } = await ben("GET", `/Chat/${chat.id}`);
    await sendMany(ada, chat, 1);
    const after = encodeURIComponent(headers.get("x-event-cursor") ?? "");
    const { body } = await ben<{ data: { type: string }[] }>("GET", `/events?after=${after}`);
    expect(body.data.map(({ type }) => type)).toEqual(["message.created"]);
  });
});

describe("not a member", () => {
  test("gets the same 404 as for a chat that does not exist", async () => {
    const chat = await createChat({ memberUserIds: ["ben"] });
    const stranger = await tenant.as("eve")("GET", `/Chat/${chat.id}`);
    const nothing = await tenant.as("eve")("GET", "/Chat/0190b6a4-0000-7000-8000-000000000000");
    for (const answer of [stranger, nothing])
      expect(answer).toMatchObject({ status: 404, body: { code: "not_found" } });
    const said = ({ body }: typeof stranger) => ({ ...body, instance: undefined, requestId: undefined });
    expect(said(stranger)).toEqual(said(nothing));
  });

  test.each(["undefined", "null", "1", "..%2f..", "%00", "'; drop table chats"])("and for the id %s", async (id) => {
    expect((await ada("GET", `/Chat/${encodeURI(id)}`)).status).toBe(404);
  });

  test("any more gets 404 from then on", async () => {
    const chat = await createChat({ memberUserIds: ["ben"] });
    await ben("DELETE", `/Chat/${chat.id}/members/ben`);
    expect((await ben("GET", `/Chat/${chat.id}`)).status).toBe(404);
  });
});

test("another tenant's chat is not there, whoever asks", async () => {
  const chat = await createChat({ memberUserIds: ["ben"] });
  const other = await stack.tenant("umbra");
  expect((await other.as("ada", ["Admin"])("GET", `/Chat/${chat.id}`)).status).toBe(404);
  expect((await other.key({ "x-act-as-user": "ada" })("GET", `/Chat/${chat.id}`)).status).toBe(404);
});
