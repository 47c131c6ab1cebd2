import { setTimeout as sleep } from "node:timers/promises";
import Echo from "laravel-echo";
import { Client } from "pg";
import type PusherSdk from "pusher";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../../testing/hub-client.ts";
import {
  appOf,
  authenticateAs,
  type PusherCredentials,
  RawPusher,
  signWith,
  stockPusher,
  stockSdk,
} from "../../testing/pusher-client.ts";
import { listen, openPusherHouse, type PusherHouse } from "../../testing/pusher-house.ts";
import type { Stack, TestTenant } from "../../testing/stack.ts";

// Application channels as the official clients use them, unmodified: two pages and a backend, on two nodes.

let acme: PusherHouse;
let stack: Stack;
let other: string;
let tenant: TestTenant;
let app: PusherCredentials;
let sdk: PusherSdk;
const openPage: PusherHouse["openPage"] = (...user) => acme.openPage(...user);

beforeAll(async () => {
  acme = await openPusherHouse();
  ({ stack, other, tenant, app, sdk } = acme);
});
afterEach(() => acme.leave());
afterAll(() => stack.close());

describe("cache channels, counts and queries", () => {
  test("keep the last event that a backend triggered, over nodes, and say so when there is none", async () => {
    const first = await openPage("ada");
    const missed = first.subscribe("private-cache-score");
    const misses: unknown[] = [];
    missed.bind("pusher:cache_miss", () => misses.push(1));
    await eventually(() => expect(misses).toHaveLength(1));
    await sdk.trigger("private-cache-score", "score", { home: 1 });
    await sdk.trigger("private-cache-score", "score", { home: 2 });
    missed.trigger("client-score", { home: 3 });
    const { heard } = await listen(await openPage("ben", other), "private-cache-score");
    await eventually(() => expect(heard).toEqual([["score", { home: 2 }]]));
    const answer = await (
      await sdk.get({ path: "/channels/private-cache-score", params: { info: "cache,subscription_count" } })
    ).json();
    expect(answer).toEqual({
      occupied: true,
      subscription_count: 2,
      cache: { data: '{"home":2}', ttl: expect.any(Number) },
    });
    expect(answer.cache.ttl).toBeGreaterThan(1700);
  });

  test.each(["cache-board", "presence-cache-board", "private-encrypted-cache-board"])(
    "%s has it for who comes late",
    async (name) => {
      await sdk.trigger(name, "score", { home: 1 });
      await sdk.trigger(name, "score", { home: 2 });
      const { heard } = await listen(await openPage("ben", other), name);
      await eventually(() => expect(heard).toEqual([["score", { home: 2 }]]));
    },
  );

  test("tell how many listen, to pages and to backends, the same on both nodes", async () => {
    const [a, b] = [await openPage("ada"), await openPage("ben", other)];
    const counts: number[] = [];
    const counted = a.subscribe("counted");
    counted.bind("pusher:subscription_count", ({ subscription_count }: { subscription_count: number }) =>
      counts.push(subscription_count),
    );
    await eventually(() => expect(counts).toEqual([1]));
    const { channel } = await listen(b, "counted");
    await eventually(() => expect(channel.subscriptionCount).toBe(2));
    await listen(b, "presence-counted");
    await eventually(() => expect(counts.at(-1)).toBe(2));
    for (const at of [sdk, stockSdk(other, app)]) {
      const get = async (path: string, params = {}) => (await at.get({ path, params })).json();
      expect(await get("/channels", { filter_by_prefix: "presence-counted", info: "user_count" })).toEqual({
        channels: { "presence-counted": { user_count: 1 } },
      });
      expect(Object.keys((await get("/channels")).channels)).toEqual(["counted", "presence-counted"]);
      expect(await get("/channels/counted")).toEqual({ occupied: true });
      expect(await get("/channels/nobody-here", { info: "subscription_count" })).toEqual({
        occupied: false,
        subscription_count: 0,
      });
    }
    const answer = await sdk.trigger(
      ["counted", "presence-counted"],
      "x",
      {},
      { info: "subscription_count,user_count" },
    );
    expect(await answer.json()).toEqual({
      channels: { counted: { subscription_count: 2 }, "presence-counted": { subscription_count: 1, user_count: 1 } },
    });
    const batch = [
      { channel: "counted", name: "y", data: "1", info: "subscription_count" },
      { channel: "z", name: "y", data: "2" },
    ];
    expect(await (await sdk.triggerBatch(batch)).json()).toEqual({ batch: [{ subscription_count: 2 }, {}] });
    b.disconnect();
    await eventually(() => expect(counts.at(-1)).toBe(1));
    await tenant.key()("PATCH", "/admin/pusher", { subscriptionCounts: false });
    await expect(sdk.get({ path: "/channels/counted", params: { info: "subscription_count" } })).rejects.toMatchObject({
      status: 400,
    });
    await listen(a, "another"); // with a frame the app is looked up, else within seconds
    const told = counts.length;
    const { heard } = await listen(await openPage("ben", other), "counted");
    await sdk.trigger("counted", "said", {});
    await eventually(() => expect(heard).toEqual([["said", {}]]));
    expect(counts.length).toBe(told);
    await tenant.key()("PATCH", "/admin/pusher", { subscriptionCounts: true });
  });

  test("count no longer who was told to go, once the node that they were on has said so", async () => {
    const ben = await openPage("ben");
    ben.signin();
    await ben.user.signinDonePromise;
    await listen(ben, "left");
    const owner = new Client({ connectionString: stack.database.ownerUrl });
    await owner.connect();
    await owner.query("begin");
    await owner.query("lock table channel_nodes in exclusive mode");
    let isSaid = false;
    const said = sdk.terminateUserConnections("ben").then(() => {
      isSaid = true;
    });
    await eventually(() => expect(ben.connection.state).toBe("disconnected"));
    await sleep(200);
    expect(isSaid).toBe(false);
    await owner.end();
    await said;
    expect(await (await sdk.get({ path: "/channels/left" })).json()).toEqual({ occupied: false });
  });

  test("tell of each change up to 100 listeners, and of more only now and then", async () => {
    const page = await openPage("ada");
    const counts: number[] = [];
    const crowd = page.subscribe("crowd");
    crowd.bind("pusher:subscription_count", (told: { subscription_count: number }) =>
      counts.push(told.subscription_count),
    );
    await eventually(() => expect(crowd.subscribed).toBe(true));
    const raws = await Promise.all(Array.from({ length: 102 }, () => RawPusher.open(stack.url, app.key)));
    const join = async (raw: RawPusher) => {
      raw.subscribe("crowd", app);
      await raw.next("pusher_internal:subscription_succeeded");
    };
    await Promise.all(raws.slice(0, 98).map(join));
    await eventually(() => expect(counts.at(-1)).toBe(99));
    // One by one, each with its own number; from 101 on the next count of five seconds tells the last.
    for (const raw of raws.slice(98)) await join(raw);
    await eventually(() => expect(counts.at(-1)).toBe(103));
    const close = counts.slice(counts.indexOf(99));
    expect(close.filter((count) => count <= 100)).toEqual([99, 100]);
    expect(close.length).toBeLessThan(5);
    for (const raw of raws) raw.socket.terminate();
    await eventually(() => expect(counts.at(-1)).toBe(1));
  });

  test.each([
    ["/channels", { info: "user_count" }],
    ["/channels/lobby", { info: "user_count" }],
    ["/channels/lobby", { info: "cache" }],
    ["/channels/lobby/users", {}],
    ["/channels/lobby", { info: "nonsense" }],
  ])("%s with %o is 400: the attribute does not fit", async (path, params) => {
    await expect(sdk.get({ path, params })).rejects.toMatchObject({ status: 400 });
  });
});

describe("laravel-echo", () => {
  test("listens, whispers and sees who is there over the stock client", async () => {
    const open = (user: string, url: string) => {
      const client = stockPusher(url, app.key, signWith(sdk, { user_id: user, user_info: { id: user } }));
      acme.pages.push(client);
      return new Echo({ broadcaster: "pusher", client });
    };
    const [ada, ben] = [open("ada", stack.url), open("ben", other)];
    const heard: unknown[] = [];
    const here: unknown[] = [];
    ada
      .join("deck")
      .here((users: unknown[]) => here.push(...users))
      .joining((user: unknown) => here.push(user))
      .listen(".sailed", (data: unknown) => heard.push(data))
      .listenForWhisper("typing", (data: unknown) => heard.push(data));
    await eventually(() => expect(here).toEqual([{ id: "ada" }]));
    let whispered = false;
    const room = ben.join("deck").here(() => {
      whispered = true;
    });
    await eventually(() => expect(whispered).toBe(true));
    room.whisper("typing", { by: "ben" });
    await eventually(() => expect(heard).toEqual([{ by: "ben" }]));
    expect(here).toEqual([{ id: "ada" }, { id: "ben" }]);
    await sdk.trigger("presence-deck", "sailed", { at: 9 });
    await eventually(() => expect(heard).toEqual([{ by: "ben" }, { at: 9 }]));
  });
});

describe("two tenants", () => {
  test("with channels, users and caches of the same names hear and see nothing of each other", async () => {
    const globex = await stack.tenant("globex");
    const theirs = await appOf(globex);
    const theirSdk = stockSdk(other, theirs);
    const spy = stockPusher(other, theirs.key, signWith(theirSdk, { user_id: "spy" }));
    acme.pages.push(spy);
    await eventually(() => expect(spy.connection.state).toBe("connected"));
    const names = ["wall", "private-wall", "presence-wall", "cache-wall"];
    const spied = await Promise.all(names.map((name) => listen(spy, name)));
    const [ada, also] = [await openPage("ada"), stockPusher(other, theirs.key, authenticateAs(theirSdk, "ada"))];
    acme.pages.push(also);
    const told: unknown[] = [];
    for (const page of [ada, also]) {
      page.user.bind("told", (data: unknown) => told.push(data));
      page.signin();
      await eventually(() => expect(page.user.serverToUserChannel?.subscribed).toBe(true));
    }
    const mine = await Promise.all(names.map((name) => listen(ada, name)));
    ada.channel("private-wall").trigger("client-x", {});
    for (const name of names) await sdk.trigger(name, "secret", {});
    const late = stockPusher(other, theirs.key);
    acme.pages.push(late);
    const empty = late.subscribe("cache-wall");
    const missed = new Promise((resolve) => empty.bind("pusher:cache_miss", resolve));
    empty.bind("secret", (data: unknown) => told.push(data));
    await missed;
    await sdk.sendToUser("ada", "told", "by acme");
    await eventually(() => expect(told).toEqual(["by acme"]));
    await theirSdk.sendToUser("ada", "told", "by globex");
    await eventually(() => expect(told).toEqual(["by acme", "by globex"]));
    await theirSdk.terminateUserConnections("ada");
    await eventually(() => expect(also.connection.state).toBe("disconnected"));
    for (const name of names) await theirSdk.trigger(name, "own", {});
    await eventually(() => expect(spied.map(({ heard }) => heard)).toEqual(names.map(() => [["own", {}]])));
    await eventually(() => expect(mine.map(({ heard }) => heard)).toEqual(names.map(() => [["secret", {}]])));
    await sdk.sendToUser("ada", "told", "once more");
    await eventually(() => expect(told).toEqual(["by acme", "by globex", "once more"]));
    expect(ada.connection.state).toBe("connected");
    expect(membersOf(spied[2]?.channel)).toEqual({ spy: null });
    const raw = await RawPusher.open(other, theirs.key);
    raw.subscribe("private-lobby", app);
    expect((await raw.next("pusher:subscription_error")).data).toMatchObject({ status: 401 });
    raw.subscribe("private-lobby", { ...app, key: theirs.key });
    await eventually(() => expect(raw.all("pusher:subscription_error")).toHaveLength(2));
    raw.socket.terminate();
    await expect(stockSdk(stack.url, { ...app, appId: theirs.appId }).trigger("lobby", "x", {})).rejects.toMatchObject({
      status: 401,
    });
    await expect(stockSdk(stack.url, { ...app, key: theirs.key }).trigger("lobby", "x", {})).rejects.toMatchObject({
      status: 401,
    });
  });
});

/** Who a presence channel shows: user → info. */
function membersOf(channel: unknown): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  (channel as { members: { each(each: (member: { id: string; info: unknown }) => void): void } }).members.each(
    ({ id, info }) => {
      found[id] = info;
    },
  );
  return found;
}
