import type PusherSdk from "pusher";
import type PusherJs from "pusher-js";
import { expect } from "vitest";
import type { LiveConnection } from "../realtime/live-connection.ts";
import { eventually } from "./hub-client.ts";
import { appOf, authenticateAs, type PusherCredentials, signWith, stockPusher, stockSdk } from "./pusher-client.ts";
import { type Stack, startStack, type TestTenant } from "./stack.ts";

/** A tenant's application on two nodes: a backend with the server SDK, and pages of its users. */
export interface PusherHouse {
  stack: Stack;
  /** The second node. */
  other: string;
  tenant: TestTenant;
  app: PusherCredentials;
  sdk: PusherSdk;
  /** A page that is connected, signing what it asks for as this user; on the first node unless told. */
  openPage(user?: string, url?: string): Promise<PusherJs>;
  /** Those that `leave` closes. */
  pages: PusherJs[];
  /** Closes the pages. */
  leave(): void;
}

export async function openPusherHouse(): Promise<PusherHouse> {
  const stack = await startStack();
  const tenant = await stack.tenant("acme");
  const { url: other } = await stack.another();
  const app = await appOf(tenant);
  const sdk = stockSdk(stack.url, app, { encryptionMasterKeyBase64: Buffer.alloc(32, 7).toString("base64") });
  const pages: PusherJs[] = [];
  const openPage = async (user?: string, url = stack.url) => {
    const member = user === undefined ? undefined : { user_id: user, user_info: { name: user.toUpperCase() } };
    const page = stockPusher(url, app.key, {
      ...signWith(sdk, member),
      ...authenticateAs(sdk, user ?? "", ["ben", "cleo"]),
    });
    pages.push(page);
    await eventually(() => expect(page.connection.state).toBe("connected"));
    return page;
  };
  const leave = () => {
    for (const page of pages.splice(0)) page.disconnect();
  };
  return { stack, other, tenant, app, sdk, pages, openPage, leave };
}

/** Subscribes, and collects what is said on the channel. */
export async function listen(
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

/** The turns of the event loop, some ms each, in which any of them is told to go. */
export function watchDisconnects(connections: LiveConnection[]): Set<number> {
  let turn = 0;
  setInterval(() => turn++, 1).unref();
  const turns = new Set<number>();
  for (const one of connections) {
    const disconnect = one.disconnect.bind(one);
    one.disconnect = (reason) => {
      turns.add(turn);
      disconnect(reason);
    };
  }
  return turns;
}
