import type PusherSdk from "pusher";
import type PusherJs from "pusher-js";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../../testing/hub-client.ts";
import { appOf, type PusherCredentials, signWith, stockPusher, stockSdk } from "../../testing/pusher-client.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";

// Application channels as the official clients use them, unmodified: two pages and a backend, on two nodes.

let stack: Stack;
let other: string;
let tenant: TestTenant;
let app: PusherCredentials;
let sdk: PusherSdk;
const pages: PusherJs[] = [];

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  other = (await stack.another()).url;
  app = await appOf(tenant);
  sdk = stockSdk(stack.url, app, { encryptionMasterKeyBase64: Buffer.alloc(32, 7).toString("base64") });
});
afterEach(() => {
  for (const page of pages.splice(0)) page.disconnect();
});
afterAll(() => stack.close());

/** A page that is connected, signing what it asks for as this user. */
async function openPage(user?: string, url = stack.url): Promise<PusherJs> {
  const member = user === undefined ? undefined : { user_id: user, user_info: { name: user.toUpperCase() } };
  const page = stockPusher(url, app.key, {
    ...signWith(sdk, member),
    userAuthentication: {
      customHandler: ({ socketId }: { socketId: string }, callback: (error: null, data: unknown) => void) =>
        callback(null, sdk.authenticateUser(socketId, { id: user ?? "", watchlist: ["ben", "cleo"] } as never)),
    } as never,
  });
  pages.push(page);
  await eventually(() => expect(page.connection.state).toBe("connected"));
  return page;
}

/** Subscribes, and collects what is said on the channel. */
async function listen(
  page: PusherJs,
  name: string,
): Promise<{ channel: ReturnType<PusherJs["subscribe"]>; heard: [string, unknown][] }> {
  const channel = page.subscribe(name);
  const heard: [string, unknown][] = [];
  channel.bind_global((event: string, data: unknown) => {
    if (!event.startsWith("pusher:")) heard.push([event, data]);
  });
  await eventually(() => expect(channel.subscribed).toBe(true));
  return { channel, heard };
}

describe("pusher-js and the server SDK", () => {
  test.each([
    "lobby",
    "private-lobby",
    "presence-lobby",
    "private-encrypted-lobby",
    "cache-lobby",
    "private-cache-lobby",
  ])("%s: what a backend triggers on one node, pages of both hear, but the one left out", async (name) => {
    const [left, near, far] = await Promise.all([openPage("ada"), openPage("ben"), openPage("cleo", other)]);
    const [a, b, c] = await Promise.all([listen(left, name), listen(near, name), listen(far, name)]);
    const answer = await sdk.trigger(name, "greeting", { text: "höi\u0000" }, { socket_id: left.connection.socket_id });
    expect(await answer.text()).toBe("{}");
    await eventually(() => expect([b.heard, c.heard]).toEqual(Array(2).fill([["greeting", { text: "höi\u0000" }]])));
    expect(a.heard).toEqual([]);
  });
});
