import type PusherJs from "pusher-js";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Message } from "../../domain/messages/schema.ts";
import { Owner } from "../../testing/chaos/owner.ts";
import { eventually } from "../../testing/hub-client.ts";
import {
  appOf,
  authBy,
  type PusherCredentials,
  RawPusher,
  stockPusher,
  stockSdk,
} from "../../testing/pusher-client.ts";
import { type Caller, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

// The tenant's log on reserved channels, to the stock client on one node while others write on another.

let stack: Stack;
let tenant: TestTenant;
let app: PusherCredentials;
let other: string;
let ada: Caller;
const pages: PusherJs[] = [];
const raws: RawPusher[] = [];

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  other = (await stack.another()).url;
  app = await appOf(tenant);
  ada = tenant.as("ada");
});
afterEach(() => {
  for (const page of pages.splice(0)) page.disconnect();
  for (const raw of raws.splice(0)) raw.socket.terminate();
});
afterAll(() => stack.close());

type Heard = [event: string, data: { eventId?: string; seq?: number; data: Record<string, unknown>; reason?: string }];

const createChat = async (...memberUserIds: string[]) =>
  (await ada<{ id: string }>("POST", "/Chat", { name: "Crew", memberUserIds })).body.id;
const say = async (chatId: string, content: string, extra: object = {}) =>
  (await ada<Message>("POST", `/Chat/${chatId}/messages`, { content, ...extra })).body;

async function openPage(userId: string): Promise<PusherJs> {
  const page = stockPusher(other, app.key, authBy(tenant, await tenant.token(userId)));
  pages.push(page);
  await eventually(() => expect(page.connection.state).toBe("connected"));
  return page;
}

/** Subscribes and collects what the channel says. */
async function listen(page: PusherJs, name: string) {
  const channel = page.subscribe(name);
  const heard: Heard[] = [];
  channel.bind_global((event: string, data: Heard[1]) => heard.push([event, data]));
  await eventually(() => expect(channel.subscribed).toBe(true));
  const said = () => heard.filter(([event]) => !event.startsWith("pusher:"));
  return { channel, heard, said, types: () => said().map(([event]) => event) };
}

/** What our endpoint answers for a socket. */
const authorize = (caller: Caller, socket_id: string, channel_name: string, extra: object = {}) =>
  caller<{ auth: string; channel_data?: string; code?: string }>("POST", "/pusher/auth", {
    socket_id,
    channel_name,
    ...extra,
  });

async function openRaw(): Promise<RawPusher> {
  const raw = await RawPusher.open(stack.url, app.key);
  raws.push(raw);
  return raw;
}

describe("private-chat and private-user", () => {
  test("carry the log's types as event names and its envelope as data; typing and receipts beside it", async () => {
    const chatId = await createChat("ben");
    const page = await openPage("ben");
    const [chat, own] = [await listen(page, `private-chat-${chatId}`), await listen(page, "private-user-ben")];
    const message = await say(chatId, "höi", { metadata: { deck: 3 } });
    await ada("POST", `/Chat/${chatId}/typing`);
    await ada("PUT", `/Chat/${chatId}/read`, { seq: 1 });
    await ada("PATCH", `/Chat/${chatId}`, { name: "Renamed" });
    await tenant.as("ben")("PUT", `/Chat/${chatId}/read`, { seq: 1 });
    await eventually(() =>
      expect(chat.types().toSorted()).toEqual(["chat.updated", "message.created", "receipt", "typing"]),
    );
    expect(chat.said().find(([event]) => event === "message.created")?.[1]).toEqual({
      eventId: expect.stringMatching(/^[\w-]{22}$/),
      type: "message.created",
      tenantId: "acme",
      at: message.createdAt,
      chatId,
      seq: 1,
      data: message,
    });
    const typing = chat.said().find(([event]) => event === "typing")?.[1];
    expect(typing).toMatchObject({ type: "typing", chatId, data: { userId: "ada", until: expect.any(String) } });
    expect(typing).not.toHaveProperty("eventId");
    await eventually(() => expect(own.types()).toEqual(["read.moved"]));
    const next = await createChat("ben");
    await ada("DELETE", `/Chat/${next}/members/ben`);
    await ada("POST", `/Chat/${next}/members`, { userId: "ben" });
    await ada("DELETE", `/Chat/${next}`);
    await eventually(() =>
      expect(own.types()).toEqual(["read.moved", "chat.created", "member.removed", "member.added", "chat.deleted"]),
    );
  });

  test("leave out what the page itself sent, named by its socket", async () => {
    const chatId = await createChat("ben");
    const [mine, others] = [await openPage("ben"), await openPage("ben")];
    const [a, b] = [await listen(mine, `private-chat-${chatId}`), await listen(others, `private-chat-${chatId}`)];
    const send = (content: string, clientId?: string) =>
      tenant.as("ben")("POST", `/Chat/${chatId}/messages`, { content, clientId });
    await send("mine", mine.connection.socket_id);
    await send("anybody's");
    await eventually(() => expect(a.said().map(([, { data }]) => data.content)).toEqual(["anybody's"]));
    expect(b.said().map(([, { data }]) => data.content)).toEqual(["mine", "anybody's"]);
  });

  test("end at once for who is removed: the removal is the last event, then the subscription is taken away", async () => {
    const chatId = await createChat("ben", "cleo");
    const page = await openPage("ben");
    const [chat, presence] = [
      await listen(page, `private-chat-${chatId}`),
      await listen(page, `presence-chat-${chatId}`),
    ];
    await say(chatId, "before");
    await ada("DELETE", `/Chat/${chatId}/members/ben`);
    await say(chatId, "after");
    await ada("POST", `/Chat/${chatId}/typing`);
    await eventually(() => expect(presence.heard.map(([event]) => event)).toContain("pusher:subscription_error"));
    await say(await createChat("ben"), "elsewhere");
    const events = chat.heard.map(([event]) => event).filter((event) => event !== "pusher:subscription_succeeded");
    expect(events).toEqual(["message.created", "member.removed", "pusher:subscription_error"]);
    expect(chat.heard.at(-1)?.[1]).toMatchObject({ type: "AuthError", status: 403 });
    expect((await authorize(tenant.as("ben"), page.connection.socket_id, `private-chat-${chatId}`)).status).toBe(404);
  });
});

describe("who may listen", () => {
  test("is decided by our endpoint alone: for JSON and forms, for one's own socket, channel and user", async () => {
    const chatId = await createChat("ben");
    const raw = await openRaw();
    const [ben, eve] = [tenant.as("ben"), tenant.as("eve")];
    const channel = `private-chat-${chatId}`;
    const form = `socket_id=${raw.socketId}&channel_name=${channel}`;
    const type = { "content-type": "application/x-www-form-urlencoded" };
    expect((await ben("POST", "/pusher/auth", form, type)).body).toEqual({
      auth: expect.stringMatching(`^${app.key}:[0-9a-f]{64,}$`),
    });
    expect((await authorize(eve, raw.socketId, channel)).status).toBe(404);
    expect((await authorize(ben, raw.socketId, "private-user-ada")).status).toBe(403);
    expect((await authorize(ben, raw.socketId, "private-orders")).status).toBe(403);
    // The prefix is the log's, so that it is no channel of a backend's that is asked for.
    expect((await authorize(ben, raw.socketId, "private-chat-general")).status).toBe(404);
    expect((await authorize(ben, "nonsense", channel)).status).toBe(400);
    expect((await authorize(tenant.key(), raw.socketId, channel)).body.code).toBe("user_required");
    const acted = await authorize(tenant.key({ "x-act-as-user": "ben" }), raw.socketId, channel);
    raw.send("pusher:subscribe", { channel, auth: acted.body.auth });
    await raw.next("pusher_internal:subscription_succeeded", (said) => said.channel === channel);
  });

  test("is nobody by the app's secret, by another socket's grant, or by another tenant's; and one connection is one user's", async () => {
    const chatId = await createChat("ben", "cleo");
    const [raw, second] = [await openRaw(), await openRaw()];
    const globex = await stack.tenant("globex");
    const channel = `private-chat-${chatId}`;
    const refused = async (auth: string, name = channel) => {
      const before = raw.all("pusher:subscription_error").length;
      raw.send("pusher:subscribe", { channel: name, auth });
      await eventually(() => expect(raw.all("pusher:subscription_error").length).toBe(before + 1));
      return (raw.all("pusher:subscription_error").at(-1)?.data as { status: number } | undefined)?.status;
    };
    const sdk = stockSdk(stack.url, app);
    expect(await refused(sdk.authorizeChannel(raw.socketId, channel).auth)).toBe(401);
    const presence = sdk.authorizeChannel(raw.socketId, `presence-chat-${chatId}`, { user_id: "ben" });
    expect(await refused(presence.auth, `presence-chat-${chatId}`)).toBe(401);
    expect(await refused((await authorize(tenant.as("ben"), second.socketId, channel)).body.auth)).toBe(401);
    const foreign = await authorize(globex.as("ben"), raw.socketId, "private-user-ben");
    expect(await refused(foreign.body.auth, "private-user-ben")).toBe(401);
    expect(await refused(foreign.body.auth.replace(/^[^:]+/, app.key), "private-user-ben")).toBe(401);
    const own = await authorize(tenant.as("ben"), raw.socketId, channel);
    raw.send("pusher:subscribe", { channel, auth: own.body.auth });
    await raw.next("pusher_internal:subscription_succeeded");
    const cleo = await authorize(tenant.as("cleo"), raw.socketId, "private-user-cleo");
    expect(await refused(cleo.body.auth, "private-user-cleo")).toBe(403);
  });

  test("cannot publish: no backend by the secret, alone or in a batch, and no page", async () => {
    const chatId = await createChat("ben");
    const raw = await openRaw();
    const auth = await authorize(tenant.as("ben"), raw.socketId, `private-chat-${chatId}`);
    raw.send("pusher:subscribe", { channel: `private-chat-${chatId}`, auth: auth.body.auth });
    await raw.next("pusher_internal:subscription_succeeded");
    raw.subscribe("lobby", app);
    const sdk = stockSdk(stack.url, app);
    for (const name of [`private-chat-${chatId}`, `presence-chat-${chatId}`, "private-user-ben", "private-chat-x"])
      await expect(sdk.trigger(["lobby", name], "message.created", {})).rejects.toMatchObject({ status: 403 });
    const batch = [
      { channel: "lobby", name: "x", data: "" },
      { channel: "private-user-ben", name: "x", data: "" },
    ];
    await expect(sdk.triggerBatch(batch)).rejects.toMatchObject({ status: 403 });
    raw.send("client-typing", {}, `private-chat-${chatId}`);
    expect((await raw.next("pusher:error")).data).toMatchObject({ code: null });
    expect(raw.events.filter(({ event }) => event === "x" || event === "message.created")).toEqual([]);
  });

  test("counts among its user's connections, of which there are 200 at most: one more is closed with 4004", async () => {
    const principal = { kind: "user", tenantId: tenant.tenantId, userId: "max" };
    const held = Array.from({ length: 200 }, (_, i) => ({
      id: `held-${i}`,
      protocol: "signalr",
      principal,
      facts: () => ({}),
    }));
    const { realtime } = stack.api;
    for (const one of held) realtime.open(one as never);
    const raw = await openRaw();
    const auth = await authorize(tenant.as("max"), raw.socketId, "private-user-max");
    raw.send("pusher:subscribe", { channel: "private-user-max", auth: auth.body.auth });
    expect((await raw.closed).code).toBe(4004);
    for (const one of held) realtime.closed(one as never);
  });

  test("ends with the token: revoked within 5 s with a code that does not bring it back", async () => {
    const raw = await openRaw();
    const auth = await authorize(tenant.as("dan"), raw.socketId, "private-user-dan");
    raw.send("pusher:subscribe", { channel: "private-user-dan", auth: auth.body.auth });
    await raw.next("pusher_internal:subscription_succeeded");
    const late = await openRaw();
    const held = await authorize(tenant.as("dan"), late.socketId, "private-user-dan");
    await tenant.key()("POST", "/admin/users/dan/revoke");
    expect((await raw.closed).code).toBe(4009);
    // A grant of before the revocation is not good after it.
    late.send("pusher:subscribe", { channel: "private-user-dan", auth: held.body.auth });
    expect((await late.next("pusher:subscription_error")).data).toMatchObject({ status: 401 });
  });
});

describe("presence-chat", () => {
  test("is not there in a chat of more than 1,000 members", async () => {
    const owner = await Owner.open(stack.database.ownerUrl);
    const crowd = Array.from({ length: 999 }, (_, i) => `crowd-${i}`);
    const [fits] = await owner.makeChats("acme", 1, ["ben", ...crowd]);
    const [large] = await owner.makeChats("acme", 1, ["ben", "cleo", ...crowd]);
    await owner.close();
    const status = async (id = "") => (await authorize(tenant.as("ben"), "1.1", `presence-chat-${id}`)).status;
    expect([await status(fits), await status(large)]).toEqual([200, 403]);
  });

  test("shows who is there as the other protocols do, and tells who comes and who is taken out", async () => {
    const chatId = await createChat("ben", "cleo");
    await tenant.as("cleo")("PUT", "/Users/cleo", { displayName: "Cleo C." });
    const page = await openPage("ben");
    const room = await listen(page, `presence-chat-${chatId}`);
    const members = () => {
      const found: Record<string, unknown> = {};
      (
        room.channel as unknown as { members: { each(each: (member: { id: string; info: unknown }) => void): void } }
      ).members.each(({ id, info }) => Object.assign(found, { [id]: info }));
      return found;
    };
    expect(members()).toEqual({ ben: { displayName: null } });
    const second = await openPage("cleo");
    await listen(second, "private-user-cleo");
    await eventually(() => expect(members()).toEqual({ ben: { displayName: null }, cleo: { displayName: "Cleo C." } }));
    const rest = await tenant.as("ben")<{ data: { userId: string; state: string }[] }>(
      "GET",
      `/presence?chatId=${chatId}`,
    );
    expect(
      rest.body.data
        .filter(({ state }) => state === "online")
        .map(({ userId }) => userId)
        .toSorted(),
    ).toEqual(["ben", "cleo"]);
    await tenant.as("cleo")("PUT", "/presence", { state: "away" });
    await eventually(() =>
      expect(
        room
          .said()
          .filter(([event]) => event === "presence")
          .at(-1)?.[1].data,
      ).toMatchObject({ userId: "cleo", state: "away" }),
    );
    await openPage("cleo"); // a further page of somebody who is there is no news
    await ada("DELETE", `/Chat/${chatId}/members/cleo`);
    await eventually(() => expect(members()).toEqual({ ben: { displayName: null } }));
    const moves = room.heard.map(([event]) => event).filter((event) => event.startsWith("pusher:member"));
    expect(moves).toEqual(["pusher:member_added", "pusher:member_removed"]);
  });
});
