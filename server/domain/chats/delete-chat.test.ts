import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sessionsWaiting } from "../../testing/sessions-waiting.ts";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { Message } from "../messages/schema.ts";
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

const createChat = async () => (await ada<Chat>("POST", "/Chat", { name: "Crew", memberUserIds: ["ben"] })).body;
const remove = (caller: Caller, chat: Chat) => caller("DELETE", `/Chat/${chat.id}`);

describe("succeeds", () => {
  test("with {}, and the chat is gone for everybody: list, messages, events", async () => {
    const chat = await createChat();
    const { id } = (await ben<Message>("POST", `/Chat/${chat.id}/messages`, { content: "Hello" })).body;
    const after = (await ben<{ nextCursor: string }>("GET", "/events")).body.nextCursor;
    expect(await remove(ada, chat)).toMatchObject({ status: 200, body: {} });
    for (const path of ["", "/messages", `/messages/${id}`, "/members"])
      expect((await ben("GET", `/Chat/${chat.id}${path}`)).status).toBe(404);
    expect((await ben("POST", `/Chat/${chat.id}/messages`, { content: "x" })).status).toBe(404);
    expect((await ben("PUT", `/Chat/${chat.id}/read`, { seq: 1 })).status).toBe(404);
    expect((await ben<{ data: Chat[] }>("GET", "/Chat?pageSize=50")).body.data.map((one) => one.id)).not.toContain(
      chat.id,
    );
    const { body } = await ben<{ data: object[] }>("GET", `/events?after=${after}`);
    expect(body.data).toMatchObject([{ type: "chat.deleted", chatId: chat.id, data: { id: chat.id } }]);
  });

  test("for the owner and for Admins, members or not", async () => {
    expect(await remove(ben, await createChat())).toMatchObject({ status: 403, body: { code: "forbidden" } });
    const moderated = await createChat();
    await ada("PATCH", `/Chat/${moderated.id}/members/ben`, { role: "moderator" });
    expect((await remove(ben, moderated)).status).toBe(403);
    expect((await remove(tenant.as("ben", ["Admin"]), moderated)).status).toBe(200);
    expect((await remove(tenant.as("olga", ["Admin"]), await createChat())).status).toBe(200);
  });
});

test("by its name from the administration: a chat without one is deleted without, another is not", async () => {
  const key = tenant.key();
  const nameless = () => ada<Chat>("POST", "/Chat", { kind: "direct", memberUserIds: ["ben"] });
  for (const query of ["", "?name="])
    expect((await key("DELETE", `/admin/chats/${(await nameless()).body.id}${query}`)).status, query).toBe(200);
  const address = `/admin/chats/${(await createChat()).id}`;
  for (const query of ["", "?name=", "?name=Other"])
    expect(await key("DELETE", address + query), query).toMatchObject({ status: 409, body: { code: "conflict" } });
  expect((await key("DELETE", `${address}?name=Crew`)).status).toBe(200);
});

test("a second time it is 404", async () => {
  const chat = await createChat();
  const answers = await Promise.all([remove(ada, chat), remove(ada, chat), remove(ada, chat)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404]);
});

test("not a member and other tenants get 404", async () => {
  const chat = await createChat();
  const other = await stack.tenant("umbra");
  expect((await remove(tenant.as("eve"), chat)).status).toBe(404);
  expect((await remove(other.as("ada", ["Admin"]), chat)).status).toBe(404);
  expect((await ada("GET", `/Chat/${chat.id}`)).status).toBe(200);
});

describe("renamed while it is being deleted", () => {
  /** What comes of a deletion that has to wait for a rename. */
  async function removedMeanwhile(chat: Chat, deletion: () => ReturnType<Caller>) {
    const pg = new Client({ connectionString: stack.database.ownerUrl });
    await pg.connect();
    await pg.query("begin");
    await pg.query("update chats set name = 'Board' where id = $1", [chat.id]);
    const answer = deletion();
    await expect.poll(() => sessionsWaiting(pg), { timeout: 20_000 }).toBe(1);
    await pg.query("commit");
    await pg.end();
    return await answer;
  }

  test("it is told by the name that it had last", async () => {
    const chat = await createChat();
    const after = (await ben<{ nextCursor: string }>("GET", "/events")).body.nextCursor;
    expect((await removedMeanwhile(chat, () => remove(ada, chat))).status).toBe(200);
    const { body } = await ben<{ data: object[] }>("GET", `/events?after=${after}`);
    expect(body.data).toMatchObject([{ type: "chat.deleted", data: { name: "Board", memberCount: 2 } }]);
  });

  test("its name of before deletes nothing", async () => {
    const chat = await createChat();
    const byName = () => tenant.key()("DELETE", `/admin/chats/${chat.id}?name=Crew`);
    expect(await removedMeanwhile(chat, byName)).toMatchObject({ status: 409, body: { code: "conflict" } });
    expect((await ada<Chat>("GET", `/Chat/${chat.id}`)).body.name).toBe("Board");
  });
});
