import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import type PusherSdk from "pusher";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { payForAnonymous } from "../../access.ts";
import { Limiter } from "../../limiter.ts";
import { openCutProxy } from "../../testing/cut-proxy.ts";
import { eventually } from "../../testing/hub-client.ts";
import { appOf, type PusherCredentials, RawPusher, stockPusher } from "../../testing/pusher-client.ts";
import { listen, openPusherHouse, type PusherHouse, watchDisconnects } from "../../testing/pusher-house.ts";
import type { Stack, TestTenant } from "../../testing/stack.ts";
import { Pusher } from "./pusher.ts";

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
    // Up to the limit of 10 KB, which is more than one message between nodes holds.
    const said = { text: `höi\u0000${"ü".repeat(name.includes("encrypted") ? 3600 : 5000)}` };
    const answer = await sdk.trigger(name, "greeting", said, { socket_id: left.connection.socket_id });
    expect(await answer.text()).toBe("{}");
    await eventually(() => expect([b.heard, c.heard]).toEqual(Array(2).fill([["greeting", said]])));
    expect(a.heard).toEqual([]);
  });
});

describe("a batch", () => {
  test("arrives in its order; with nothing asked for, the answer is empty", async () => {
    const { heard } = await listen(await openPage("ada", other), "lobby");
    const steps = Array.from({ length: 10 }, (_, i) => i);
    const batch = steps.map((i) => ({ channel: "lobby", name: "step", data: { i } }));
    expect(await (await sdk.triggerBatch(batch)).text()).toBe("{}");
    await eventually(() => expect(heard).toEqual(steps.map((i) => ["step", { i }])));
  });
});

describe("a connection", () => {
  test("of a node that ends is closed with 4200, many not all in one turn, and the stock client goes on at another", async () => {
    const leaving = await stack.another();
    const wire = await openCutProxy(leaving.url);
    const [page, raw] = [await openPage("ada", wire.url), await RawPusher.open(leaving.url, app.key)];
    const many = await Promise.all(Array.from({ length: 20 }, () => RawPusher.open(leaving.url, app.key)));
    const { heard } = await listen(page, "private-lobby");
    const before = page.connection.socket_id;
    wire.pointTo(stack.url);
    const turns = watchDisconnects(leaving.api.realtime.connectionsOf(tenant.tenantId));
    await leaving.api.close();
    expect(turns.size).toBeGreaterThan(1);
    for (const one of [raw, ...many]) expect((await one.closed).code).toBe(4200);
    await eventually(() => expect([before, undefined]).not.toContain(page.connection.socket_id));
    await eventually(() => expect(page.channel("private-lobby").subscribed).toBe(true));
    await sdk.trigger("private-lobby", "still", {});
    await eventually(() => expect(heard).toEqual([["still", {}]]));
    page.disconnect();
    await wire.close();
  });

  test.each([
    ["flooding", 4100],
    ["too_many", 4004],
  ] as const)("that is ended as %s hears %i", async (reason, code) => {
    const raw = await RawPusher.open(stack.url, app.key);
    stack.api.realtime
      .connectionsOf(tenant.tenantId)
      .find(({ id }) => id === raw.socketId)
      ?.disconnect(reason);
    expect((await raw.closed).code).toBe(code);
  });

  test("costs its address: after a thousand at once the stock client waits, tries on and comes in; others do not wait", async () => {
    const clock = { now: Date.now() };
    const limiter = new Limiter(
      () => 1,
      () => clock.now,
    );
    const services = { ...stack.api.services, limiter };
    const pusher = new Pusher({ services, realtime: stack.api.realtime, log: pino({ level: "silent" }) });
    const server = createServer().listen(0, "127.0.0.1");
    server.on("upgrade", (request, socket, head) =>
      pusher.handleUpgrade(request, socket, head, { url: new URL(request.url ?? "", "http://x") }),
    );
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const first = await RawPusher.open(url, app.key);
    for (let i = 1; i < 1000; i++) payForAnonymous(limiter, { tenantId: tenant.tenantId, ip: "127.0.0.1" });
    const refused = new RawPusher(url, `/app/${app.key}?protocol=7`);
    expect((await refused.next("pusher:error")).data).toMatchObject({ code: 4100 });
    expect((await refused.closed).code).toBe(4100);
    payForAnonymous(limiter, { tenantId: tenant.tenantId, ip: "192.0.2.1" });
    const theirs = await RawPusher.open(url, (await appOf(await stack.tenant("other"))).key);
    const page = stockPusher(url, app.key);
    const faults: unknown[] = [];
    page.connection.bind("error", ({ error }: { error: unknown }) => faults.push(error));
    await eventually(() => expect(faults[0]).toMatchObject({ data: { code: 4100 } }));
    clock.now += 1000;
    await eventually(() => expect(page.connection.state).toBe("connected"));
    page.disconnect();
    for (const raw of [first, theirs]) raw.socket.terminate();
    await pusher.drain();
    server.close();
  });
});

describe("client events", () => {
  test("reach the others on all nodes with who sent them, not the sender; more than 10 a second are dropped with 4301", async () => {
    const [ada, ben] = [await openPage("ada"), await openPage("ben", other)];
    const [mine, theirs] = [await listen(ada, "presence-table"), await listen(ben, "presence-table")];
    const from: unknown[] = [];
    theirs.channel.bind("client-move", (_data: unknown, meta: { user_id?: string }) => from.push(meta.user_id));
    const errors: unknown[] = [];
    ada.connection.bind("error", ({ data }: { data: unknown }) => errors.push(data));
    for (let i = 0; i < 12; i++) mine.channel.trigger("client-move", { i });
    await eventually(() => expect(errors).toHaveLength(2));
    expect(errors[0]).toMatchObject({ code: 4301 });
    await eventually(() =>
      expect(theirs.heard.map(([, data]) => data)).toEqual(Array.from({ length: 10 }, (_, i) => ({ i }))),
    );
    expect(from).toEqual(Array(10).fill("ada"));
    expect(mine.heard).toEqual([]);
    expect(ada.connection.state).toBe("connected");
  });

  test("go to no public, encrypted or foreign channel, are bounded, and can be switched off", async () => {
    const raw = await RawPusher.open(stack.url, app.key);
    for (const name of ["lobby", "private-encrypted-x", "private-mine"]) raw.subscribe(name, app);
    await raw.next("pusher_internal:subscription_succeeded", ({ channel }) => channel === "private-mine");
    for (const [channel, data] of [
      ["lobby", 1],
      ["private-encrypted-x", 1],
      ["private-other", 1],
      ["private-mine", "x".repeat(10_240)],
    ])
      raw.send("client-x", data, String(channel));
    await eventually(() => expect(raw.all("pusher:error")).toHaveLength(4));
    await tenant.key()("PATCH", "/admin/pusher", { clientEvents: false });
    raw.send("client-x", 1, "private-mine");
    await eventually(() => expect(raw.all("pusher:error")).toHaveLength(5));
    expect(raw.all("pusher:error").at(-1)?.data).toMatchObject({ message: expect.stringContaining("not enabled") });
    await tenant.key()("PATCH", "/admin/pusher", { clientEvents: true });
    raw.socket.terminate();
  });
});

describe("users", () => {
  test("sign in, are sent to by id on any node, watch each other, and are terminated for good", async () => {
    const [ada, ben] = [await openPage("ada"), await openPage("ben", other)];
    const watched: unknown[] = [];
    for (const name of ["online", "offline"]) ada.user.watchlist.bind(name, (event: unknown) => watched.push(event));
    ada.signin();
    await ada.user.signinDonePromise;
    expect(ada.user.user_data).toMatchObject({ id: "ada" });
    const said: unknown[] = [];
    ben.user.bind("hello", (data: unknown) => said.push(data));
    ben.signin();
    await eventually(() => expect(watched).toEqual([{ name: "online", user_ids: ["ben"] }]));
    await eventually(() => expect(ben.user.serverToUserChannel?.subscribed).toBe(true));
    await sdk.sendToUser("ben", "hello", { from: "backend" });
    await eventually(() => expect(said).toEqual([{ from: "backend" }]));
    await sdk.terminateUserConnections("ben");
    await eventually(() => expect(ben.connection.state).toBe("disconnected"));
    await eventually(() => expect(watched.at(-1)).toEqual({ name: "offline", user_ids: ["ben"] }));
    expect(ada.connection.state).toBe("connected");
  });

  test("hear at their sign-in who of the watched is there, and of each who comes or goes from then on", async () => {
    const [ben, dora] = [await openPage("ben", other), await openPage("dora")];
    for (const page of [ben, dora]) {
      page.signin();
      await page.user.signinDonePromise;
    }
    const ada = await openPage("ada"); // watches ben, who is there on the other node, and cleo, who is not; dora is nobody's
    const watched: unknown[] = [];
    for (const name of ["online", "offline"]) ada.user.watchlist.bind(name, (event: unknown) => watched.push(event));
    ada.signin();
    await eventually(() => expect(watched).toEqual([{ name: "online", user_ids: ["ben"] }]));
    const cleo = await openPage("cleo", other);
    cleo.signin();
    await eventually(() => expect(watched.slice(1)).toEqual([{ name: "online", user_ids: ["cleo"] }]));
    cleo.disconnect();
    await eventually(() => expect(watched.slice(2)).toEqual([{ name: "offline", user_ids: ["cleo"] }]));
  });

  test("are nobody by a bad signature, which leaves the connection as it was; #server-to-user is the user's alone", async () => {
    const raw = await RawPusher.open(stack.url, app.key);
    raw.send("pusher:signin", { auth: `${app.key}:00`, user_data: '{"id":"ada"}' });
    expect((await raw.next("pusher:error")).data).toMatchObject({ code: 4009 });
    raw.send("pusher:subscribe", { channel: "#server-to-user-ada", auth: "" });
    expect((await raw.next("pusher:subscription_error")).data).toMatchObject({ status: 401 });
    const ids = Array.from({ length: 101 }, (_, i) => `u${i}`);
    const user_data = JSON.stringify({ id: "ada", user_info: { name: "A" }, watchlist: ids });
    raw.send("pusher:signin", { ...sdk.authenticateUser(raw.socketId, JSON.parse(user_data)) });
    await raw.next("pusher:signin_success", ({ data }) => (data as { user_data: string }).user_data === user_data);
    await raw.next("pusher:error", ({ data }) => (data as { code: number }).code === 4302);
    raw.send("pusher:signin", { ...sdk.authenticateUser(raw.socketId, { id: "ben" }) });
    await raw.next("pusher:error", ({ data }) => /as another user/.test((data as { message: string }).message));
    raw.send("pusher:subscribe", {
      channel: "presence-signed",
      auth: sdk.authorizeChannel(raw.socketId, "presence-signed").auth,
    });
    const { data } = await raw.next(
      "pusher_internal:subscription_succeeded",
      ({ channel }) => channel === "presence-signed",
    );
    expect(data).toEqual({ presence: { count: 1, ids: ["ada"], hash: { ada: { name: "A" } } } });
    raw.socket.terminate();
  });
});
