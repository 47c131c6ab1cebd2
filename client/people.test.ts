import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { type Stack, startStack, type TestTenant } from "../server/testing/stack.ts";
import { applyToChat, newChatState, withMembers } from "./chat-state.ts";
import { hubTransport } from "./hub-transport.ts";
import { Parley } from "./parley.ts";
import { streamTransport } from "./stream-transport.ts";
import type { Chat, LiveEvent, Member } from "./types.ts";

let stack: Stack;
let tenant: TestTenant;
let client: Parley;
let asked: string[] = [];

beforeAll(async () => {
  // Node 20 has none of its own; browsers and newer Nodes do.
  Object.assign(globalThis, { WebSocket });
  stack = await startStack();
  tenant = await stack.tenant("acme");
  for (const name of ["Ada", "Ben", "Zoe", "Zia", "Zak", "Zed"])
    await tenant.key()("PUT", `/Users/${name.toLowerCase()}`, { displayName: name });
});
afterAll(() => stack.close());

beforeEach(() => {
  asked = [];
  client = new Parley({
    ...{ baseUrl: stack.url, tenantId: tenant.tenantId, getToken: () => tenant.token("ada"), storage: null },
    transports: [hubTransport, streamTransport],
    onCall: ({ path }) => asked.push(path),
  });
});
afterEach(() => client.close());

const nameOf = (userId: string) => client.getState().people[userId]?.displayName;
const asksFor = (part: string) => asked.filter((path) => path.includes(part)).length;
const say = (userId: string, chatId: string, content: string) =>
  tenant.as(userId)("POST", `/Chat/${chatId}/messages`, { content });

/** A chat of so many whose ids come before everybody's else, and of some people. */
async function makeCrowd(size: number, ...people: string[]): Promise<string> {
  const crowd = Array.from({ length: size }, (_, at) => `a-${String(at).padStart(4, "0")}`);
  const wanted = { name: "Crowd", memberUserIds: [...crowd, ...people] };
  return (await tenant.as("ada")<Chat>("POST", "/Chat", wanted)).body.id;
}

async function goLive(): Promise<void> {
  await client.start();
  await expect.poll(() => client.getState().link).toBe("live");
}

test("oneself is known by name from the start, and who has left with what they wrote", async () => {
  const chat = await tenant.as("ada")<Chat>("POST", "/Chat", { name: "Crew", memberUserIds: ["ben"] });
  await say("ben", chat.body.id, "Long ago");
  for (let at = 0; at < 60; at++) await say("ada", chat.body.id, `Said ${at}`);
  await tenant.as("ben")("DELETE", `/Chat/${chat.body.id}/members/ben`);
  await goLive();
  expect(nameOf("ada")).toBe("Ada");
  const room = client.room(chat.body.id);
  await room.open();
  expect(nameOf("ben")).toBeUndefined();
  await room.loadEarlier();
  expect(nameOf("ben")).toBe("Ben");
  expect(asksFor("/people")).toBe(0);
});

test("who writes or types beyond the members that are here is asked for once, with a name or without one", async () => {
  const chatId = await makeCrowd(205, "zoe", "zia", "z,nameless");
  await goLive();
  await client.room(chatId).open();
  expect([nameOf("zoe"), nameOf("zia")]).toEqual([undefined, undefined]);
  await say("zoe", chatId, "one");
  await expect.poll(() => nameOf("zoe")).toBe("Zoe");
  await tenant.as("zia")("POST", `/Chat/${chatId}/typing`);
  await expect.poll(() => nameOf("zia")).toBe("Zia");
  await say("z,nameless", chatId, "two");
  await expect.poll(() => client.getState().people["z,nameless"]).toBeDefined();
  const before = asksFor("/people");
  expect(before).toBe(3);
  for (const who of ["zoe", "zia", "z,nameless"]) await say(who, chatId, "again");
  await say("zak", chatId, "is no member");
  await tenant.as("ada")("POST", `/Chat/${chatId}/members`, { userId: "zak" });
  await say("zak", chatId, "is one now");
  await expect.poll(() => nameOf("zak")).toBe("Zak");
  expect(asksFor("/people")).toBe(before + 1);
});

test("who wrote the last message of a group that one is added to is known by name", async () => {
  const chat = await tenant.as("ben")<Chat>("POST", "/Chat", { name: "Dock", memberUserIds: ["zed"] });
  await say("zed", chat.body.id, "Before you came");
  await goLive();
  expect(nameOf("zed")).toBeUndefined();
  await tenant.as("ben")("POST", `/Chat/${chat.body.id}/members`, { userId: "ada" });
  await expect.poll(() => nameOf("zed")).toBe("Zed");
  expect(asksFor("/people")).toBe(1);
});

test("members beyond the first page come when they are asked for, and stay when the list is loaded again", async () => {
  const chatId = await makeCrowd(405, "zoe");
  await goLive();
  const room = client.room(chatId);
  await room.open();
  const known = () => client.getState().chats[chatId];
  const count = () => known()?.members?.length;
  expect(count()).toBe(200);
  await Promise.all([room.loadMoreMembers(), room.loadMoreMembers()]);
  expect(count()).toBe(400);
  await room.loadMoreMembers();
  expect([count(), known()?.moreMembers, nameOf("zoe")]).toEqual([407, null, "Zoe"]);
  expect(new Set(known()?.members?.map(({ userId }) => userId)).size).toBe(407);
  await room.loadMoreMembers();
  expect(count()).toBe(407);
  await tenant.as("ada")("DELETE", `/Chat/${chatId}/members/a-0300`);
  await expect.poll(() => [count(), known()?.membersStale]).toEqual([406, false]);
  await tenant.as("ada")("POST", `/Chat/${chatId}/members`, { userId: "zia" });
  await expect.poll(() => [count(), known()?.membersStale]).toEqual([407, false]);
});

test("a page of members that somebody's going overtakes is shown, and the list loaded again", () => {
  const member = (userId: string) => ({ userId, lastReadSeq: 0, user: { userId } }) as Member;
  const first = { members: [member("ada"), member("ben")], more: "ben", changes: 0 };
  const chat = withMembers(newChatState("ada", { id: "c", lastSeq: 0 } as Chat), first);
  const gone = { type: "member.removed", chatId: "c", data: { userId: "ben" } } satisfies LiveEvent;
  const after = { members: [member("cleo")], more: null, changes: 0, after: "ben" };
  const grown = withMembers(applyToChat(chat, gone, 0), after);
  expect(grown).toMatchObject({ membersStale: true, moreMembers: null, members: [member("ada"), member("cleo")] });
  expect(withMembers(grown, after)).toBe(grown);
});

test("more members come also where the list is loaded again while they are on their way", async () => {
  const chatId = await makeCrowd(405, "zoe");
  await goLive();
  const room = client.room(chatId);
  await room.open();
  const known = () => client.getState().chats[chatId];
  const { moreMembers } = known() ?? {};
  const real = globalThis.fetch;
  onTestFinished(() => {
    globalThis.fetch = real;
  });
  globalThis.fetch = async (address, init) => {
    const answer = await real(address, init);
    if (!String(address).includes("&after=")) return answer;
    globalThis.fetch = real;
    await tenant.as("ada")("DELETE", `/Chat/${chatId}/members/a-0100`);
    await expect.poll(() => known()?.moreMembers).not.toBe(moreMembers);
    return answer;
  };
  await room.loadMoreMembers();
  expect(globalThis.fetch).toBe(real);
  expect(new Set(known()?.members?.map(({ userId }) => userId)).size).toBe(400);
});

test("whoever is muted knows it from the summary of the chat, as soon as it is said", async () => {
  const chatId = await makeCrowd(3, "zoe");
  const mute = (userId: string, mutedUntil: string) =>
    tenant.as(userId)("PATCH", `/Chat/${chatId}/members/ada`, { mutedUntil });
  await tenant.as("ada")("PATCH", `/Chat/${chatId}/members/zoe`, { role: "owner" });
  await goLive();
  const mutedUntil = () => client.getState().chats[chatId]?.chat.mutedUntil;
  expect(mutedUntil()).toBeUndefined();
  await mute("zoe", "2990-01-01T00:00:00.000Z");
  await expect.poll(mutedUntil).toBe("2990-01-01T00:00:00.000Z");
  await mute("zoe", "2020-01-01T00:00:00.000Z");
  await expect.poll(mutedUntil).toBeUndefined();
});
