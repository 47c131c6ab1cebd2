import PusherJs from "pusher-js";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Live } from "../../../client/live.ts";
import type { Link } from "../../../client/state.ts";
import { TokenKeeper } from "../../../client/token-keeper.ts";
import type { LiveEvent } from "../../../client/types.ts";
import { type CutProxy, openCutProxy } from "../../../server/testing/cut-proxy.ts";
import { appOf } from "../../../server/testing/pusher-client.ts";
import { type Caller, type Stack, startStack, type TestTenant } from "../../../server/testing/stack.ts";
import { pusherTransport } from "./pusher-transport.ts";

// The stock client with the service: what a page hears of a chat over it.

let stack: Stack;
let proxy: CutProxy;
let tenant: TestTenant;
let ada: Caller;
const open: Live[] = [];

beforeAll(async () => {
  stack = await startStack();
  proxy = await openCutProxy(stack.url);
  tenant = await stack.tenant("acme");
  ada = tenant.as("ada");
});
afterEach(() => {
  for (const live of open.splice(0)) live.stop();
});
afterAll(async () => {
  await proxy.close();
  await stack.close();
});

/** Ben's page on a chat of Ada's with him. */
async function openPage() {
  const chatId = (await ada<{ id: string }>("POST", "/Chat", { name: "Crew", memberUserIds: ["ben"] })).body.id;
  const events: LiveEvent[] = [];
  const links: Link[] = [];
  const live = new Live({
    ...{ baseUrl: proxy.url, tenantId: "acme", me: "ben", clientId: "c" },
    chatIds: () => [chatId],
    tokens: new TokenKeeper(() => tenant.token("ben")),
    transports: [pusherTransport((await appOf(tenant)).key)],
    onEvent: (event) => events.push(event),
    onResync: async () => {},
    onLink: (link) => links.push(link),
    onNoToken: () => {},
    probe: async () => {},
  });
  open.push(live);
  live.cursor = (await tenant.as("ben")<{ nextCursor: string }>("GET", "/events")).body.nextCursor;
  live.start();
  await expect.poll(() => links).toEqual(["connecting", "live"]);
  return {
    ...{ chatId, links },
    say: (content: string) => ada("POST", `/Chat/${chatId}/messages`, { content }),
    types: () => events.map(({ type }) => type),
    said: () => events.flatMap(({ type, data }) => (type === "message.created" ? [data.content] : [])),
  };
}

test("who is taken out of a chat and added again hears on, and the removal not once more", async () => {
  const { chatId, say, types, said, links } = await openPage();
  await say("before");
  await expect.poll(said).toEqual(["before"]);
  for (const again of ["again", "and again"]) {
    await ada("DELETE", `/Chat/${chatId}/members/ben`);
    await ada("POST", `/Chat/${chatId}/members`, { userId: "ben" });
    await say(again);
    await expect.poll(said).toContain(again);
  }
  expect(said()).toEqual(["before", "again", "and again"]);
  // Each is said on the user's own channel and, as the last event there, on the chat's.
  expect(types().filter((type) => type === "member.removed")).toHaveLength(4);
  expect(links).toEqual(["connecting", "live"]);
});

test("a line that was cut is opened anew from the last event, by one client alone", async () => {
  const { say, said, links } = await openPage();
  await say("before");
  await expect.poll(said).toEqual(["before"]);
  proxy.cut();
  await say("meanwhile");
  proxy.mend();
  await expect.poll(said).toContain("meanwhile");
  await say("after");
  await expect.poll(said).toContain("after");
  expect(said()).toEqual(["before", "meanwhile", "after"]);
  expect(links.slice(0, 3)).toEqual(["connecting", "live", "reconnecting"]);
  const port = Number(new URL(proxy.url).port);
  const lines = PusherJs.instances.filter(({ options }) => options.wsPort === port).map(({ connection }) => connection);
  const inUse = lines.filter((line) => "runner" in line && (line.runner || line.connection));
  expect(inUse.map(({ state }) => state)).toEqual(["connected"]);
});
