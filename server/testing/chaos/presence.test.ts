import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, RawHubClient } from "../hub-client.ts";
import { type ApiProcess, type Fleet, type FleetTenant, openFleet } from "../processes.ts";
import { type PusherCredentials, RawPusher, stockSdk } from "../pusher-client.ts";
import { Owner } from "./owner.ts";

let fleet: Fleet;
let owner: Owner;
let tenant: FleetTenant;
let nodes: [ApiProcess, ApiProcess, ApiProcess];
let watcher: RawHubClient;
let watcherToken: string;
let chatId: string;

beforeAll(async () => {
  fleet = await openFleet();
  owner = await Owner.open(fleet.database.ownerUrl);
  nodes = await Promise.all([fleet.start(), fleet.start(), fleet.start()]);
  tenant = await fleet.tenant("acme");
  [chatId = ""] = await owner.makeChats(tenant.id, 1, ["watcher", "on-killed", "on-ended", "moved"]);
  watcherToken = await tenant.token("watcher");
  watcher = await RawHubClient.open(`${hubOf(nodes[0])}?events=Presence`, watcherToken);
}, 150_000);
afterAll(async () => {
  watcher.socket.terminate();
  await owner.close();
  await fleet.close();
});

const hubOf = (node: ApiProcess) => `${node.url}/tenant/${tenant.id}/v1/hub`;

async function connect(node: ApiProcess, userId: string): Promise<RawHubClient> {
  return RawHubClient.open(hubOf(node), await tenant.token(userId));
}

/** Resolves with the time at which the watcher, on the node that stays, is told so. */
async function told(userId: string, state: string, withinMs: number): Promise<number> {
  const until = Date.now() + withinMs;
  for (;;) {
    const last = watcher.messages
      .map((message) => message.arguments?.[0]?.payload as { userId: string; state: string } | undefined)
      .findLast((payload) => payload?.userId === userId);
    if (last?.state === state) return Date.now();
    if (Date.now() > until) throw new Error(`${userId} is ${last?.state}, not ${state}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A tenant's app, by a node that answers. */
async function appOf({ id, primaryKey }: FleetTenant, node: ApiProcess): Promise<PusherCredentials> {
  const answer = await fetch(`${node.url}/tenant/${id}/v1/admin/pusher`, { headers: { "x-api-key": primaryKey } });
  return (await answer.json()) as PusherCredentials;
}

/** A page of Pusher in the chat's presence channel, by our own endpoint. */
async function enterChat(node: ApiProcess, key: string, userId: string): Promise<RawPusher> {
  const raw = await RawPusher.open(node.url, key);
  const channel = `presence-chat-${chatId}`;
  const answer = await fetch(`${node.url}/tenant/${tenant.id}/v1/pusher/auth`, {
    method: "POST",
    headers: { authorization: `Bearer ${await tenant.token(userId)}`, "content-type": "application/json" },
    body: JSON.stringify({ socket_id: raw.socketId, channel_name: channel }),
  });
  raw.send("pusher:subscribe", { channel, ...((await answer.json()) as object) });
  await raw.next("pusher_internal:subscription_succeeded");
  return raw;
}

async function stateOf(userId: string): Promise<unknown> {
  const answer = await fetch(`${nodes[0].url}/tenant/${tenant.id}/v1/presence?userIds=${userId}`, {
    headers: { authorization: `Bearer ${watcherToken}` },
  });
  return ((await answer.json()) as { data: { state: string }[] }).data[0]?.state;
}

test("nodes that die or end: who was there is told offline within 30 s, and who comes back to another node never left", async () => {
  const [staying, killed, ended] = nodes;
  const app = await appOf(tenant, staying);
  const [pusher, doomed] = await Promise.all([
    RawPusher.open(staying.url, app.key),
    RawPusher.open(killed.url, app.key),
  ]);
  pusher.subscribe("presence-deck", app, '{"user_id":"stays"}');
  await pusher.next("pusher_internal:subscription_succeeded");
  doomed.subscribe("presence-deck", app, '{"user_id":"on-killed"}');
  await pusher.next("pusher_internal:member_added");
  await Promise.all([connect(killed, "on-killed"), connect(ended, "on-ended"), connect(ended, "moved")]);
  for (const userId of ["on-killed", "on-ended", "moved"]) await told(userId, "online", 20_000);
  const room = await enterChat(staying, app.key, "watcher");
  await enterChat(killed, app.key, "on-killed"); // there by both protocols, and lost with both
  const began = Date.now();
  // What the whole machine stood still in is not the nodes'.
  let [lost, last] = [0, began];
  const ticks = setInterval(() => {
    const now = Date.now();
    if (now - last > 500) lost += now - last;
    last = now;
  }, 50);
  await Promise.all([killed.kill("SIGKILL"), ended.kill("SIGTERM")]);
  await connect(staying, "moved");
  const pings = setInterval(() => watcher.send({ type: 6 }), 5000);
  expect(await stateOf("on-ended")).toBe("online"); // a restart is no leave
  const offline = await Promise.all([told("on-killed", "offline", 60_000), told("on-ended", "offline", 60_000)]);
  clearInterval(pings);
  // The same on the chat's presence channel of Pusher: who moved never left it.
  const left = () =>
    room.all("pusher_internal:member_removed").map(({ data }) => (data as { user_id: string }).user_id);
  await eventually(() => expect(left()).toHaveLength(2));
  expect(left().toSorted()).toEqual(["on-ended", "on-killed"]);
  // An application's channel on the killed node: its member is gone from every page and every answer.
  await pusher.next(
    "pusher_internal:member_removed",
    ({ data }) => (data as { user_id: string }).user_id === "on-killed",
  );
  const sdk = stockSdk(staying.url, app);
  expect(await (await sdk.get({ path: "/channels/presence-deck/users" })).json()).toEqual({ users: [{ id: "stays" }] });
  const info = { info: "subscription_count" };
  expect(await (await sdk.get({ path: "/channels/presence-deck", params: info })).json()).toMatchObject({
    subscription_count: 1,
  });
  clearInterval(ticks);
  expect(Date.now() - began - lost).toBeLessThan(30_000);
  for (const raw of [pusher, room]) raw.socket.terminate();
  expect(Math.min(...offline) - began).toBeGreaterThan(10_000);
  expect(await stateOf("on-killed")).toBe("offline");
  expect(await stateOf("moved")).toBe("online");
  await expect(told("moved", "offline", 0)).rejects.toThrow("moved is online");
}, 150_000);
