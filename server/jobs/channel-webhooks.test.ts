import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";
import type PusherSdk from "pusher";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { judgeAnewJob } from "../domain/digests/policy.ts";
import { enqueueJobs } from "../persistence/jobs.ts";
import { tenantTransaction } from "../persistence/prisma.ts";
import { eventually } from "../testing/hub-client.ts";
import { appOf, type PusherCredentials, RawPusher, stockSdk } from "../testing/pusher-client.ts";
import { configFor, type Stack, startStack, type TestTenant } from "../testing/stack.ts";
import { channelWebhookDelays, deliverChannelWebhook } from "./channel-webhooks.ts";
import { post } from "./post-signed.ts";
import { startWorker } from "./worker.ts";

// Webhooks of channels: an api node notes, the worker tells; verified by the stock SDK.

interface Event {
  name: string;
  channel: string;
  user_id?: string;
  [field: string]: unknown;
}

let stack: Stack;
/** The second node. */
let other: string;
let tenant: TestTenant;
let app: PusherCredentials;
let sdk: PusherSdk;
let worker: { close(): Promise<void> };
let sink: Server;
let url: string;
const requests: { path: string; events: Event[]; valid: boolean; type: string | undefined }[] = [];
let failures = 0;
/** Answers that /hangs has not given. */
const hanging = new Set<ServerResponse>();

beforeAll(async () => {
  sink = createServer(async (request, response) => {
    let rawBody = "";
    for await (const chunk of request) rawBody += chunk;
    const webhook = sdk.webhook({ headers: request.headers as never, rawBody });
    const { events } = JSON.parse(rawBody) as { events: Event[] };
    const path = request.url ?? "";
    if (path.startsWith("/hangs")) return void hanging.add(response);
    requests.push({ path, events, valid: webhook.isValid(), type: request.headers["content-type"] });
    const status = path === "/down" ? 503 : path === "/flaky" && failures++ === 0 ? 500 : 200;
    response.writeHead(status).end();
  });
  sink.listen(0, "127.0.0.1");
  await once(sink, "listening");
  url = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;
  stack = await startStack();
  other = (await stack.another()).url;
  tenant = await stack.tenant("acme");
  app = await appOf(tenant);
  sdk = stockSdk(stack.url, app);
  worker = await startWorker(configFor(stack.database));
});
afterAll(async () => {
  await worker.close();
  sink.closeAllConnections();
  sink.close();
  await stack.close();
});

const names = ["channel_occupied", "channel_vacated", "member_added", "member_removed", "client_event", "cache_miss"];
const configure = (body: object) => tenant.key()("PATCH", "/admin/pusher", body);
const told = (path: string) => requests.filter((request) => request.path === path).flatMap(({ events }) => events);

describe("webhooks", () => {
  test("tell what happens on channels, once for all nodes, signed, one event a request; who is back within three seconds was never gone", async () => {
    await configure({ webhooks: [{ url: `${url}/all`, events: names }] });
    const open = (url: string) => RawPusher.open(url, app.key);
    const [ada, ben, twin] = await Promise.all([open(stack.url), open(other), open(other)]);
    ada.subscribe("presence-room", app, '{"user_id":"ada"}');
    await ada.next("pusher_internal:subscription_succeeded");
    twin.subscribe("presence-room", app, '{"user_id":"ada"}'); // a second page of ada's, on the other node
    await twin.next("pusher_internal:subscription_succeeded");
    ben.subscribe("presence-room", app, '{"user_id":"ben"}');
    await ben.next("pusher_internal:subscription_succeeded");
    ada.send("client-wave", { at: 9 }, "presence-room");
    ada.send("client-odd", "\0\ud800", "presence-room"); // no text to Postgres
    ada.subscribe("cache-x", app);
    await ada.next("pusher:cache_miss");
    twin.send("pusher:unsubscribe", { channel: "presence-room" });
    ben.send("pusher:unsubscribe", { channel: "presence-room" });
    ben.subscribe("presence-room", app, '{"user_id":"ben"}');
    ada.send("pusher:unsubscribe", { channel: "cache-x" });
    ada.send("pusher:unsubscribe", { channel: "presence-room" });
    const gone = ({ name }: Event) => name === "channel_vacated" || name === "member_removed";
    await eventually(() => expect(told("/all").filter(gone)).toHaveLength(2));
    const room = told("/all").filter(({ channel }) => channel === "presence-room");
    expect(room.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))).toEqual([
      { name: "channel_occupied", channel: "presence-room" },
      {
        name: "client_event",
        channel: "presence-room",
        event: "client-wave",
        data: '{"at":9}',
        socket_id: ada.socketId,
        user_id: "ada",
      },
      {
        name: "client_event",
        channel: "presence-room",
        event: "client-odd",
        data: "\ufffd\ufffd",
        socket_id: ada.socketId,
        user_id: "ada",
      },
      { name: "member_added", channel: "presence-room", user_id: "ada" },
      { name: "member_added", channel: "presence-room", user_id: "ben" },
      { name: "member_removed", channel: "presence-room", user_id: "ada" },
    ]);
    const cache = told("/all").filter(({ channel }) => channel === "cache-x");
    expect(cache.map(({ name }) => name).toSorted()).toEqual(["cache_miss", "channel_occupied", "channel_vacated"]);
    for (const { events, valid, type } of requests)
      expect([events.length, valid, type]).toEqual([1, true, "application/json"]);
    // Whose last page goes on the one node, and then on the other: the channel is vacated once.
    ben.send("pusher:unsubscribe", { channel: "presence-room" });
    await eventually(() => expect(told("/all").filter(gone)).toHaveLength(4));
    await configure({ webhooks: [{ url: `${url}/after`, events: names }] });
    ada.subscribe("later", app);
    await eventually(() => expect(told("/after")).toEqual([{ name: "channel_occupied", channel: "later" }]));
    const ends = told("/all").filter(gone).slice(2);
    expect(ends.map(({ name, user_id }) => `${name} ${user_id}`).toSorted()).toEqual([
      "channel_vacated undefined",
      "member_removed ben",
    ]);
    for (const raw of [ada, ben, twin]) raw.socket.terminate();
  });

  test("who is back within three seconds was never gone, also for an endpoint that hears of coming alone", async () => {
    await configure({ webhooks: [{ url: `${url}/comes`, events: ["channel_occupied", "member_added"] }] });
    const raw = await RawPusher.open(stack.url, app.key);
    const come = (channel: string) => raw.subscribe(channel, app, '{"user_id":"ada"}');
    const comes = () => told("/comes").map(({ name, channel }) => `${name} ${channel}`);
    const both = (channel: string) => [`channel_occupied ${channel}`, `member_added ${channel}`];
    come("presence-reload");
    await eventually(() => expect(comes().toSorted()).toEqual(both("presence-reload")));
    raw.send("pusher:unsubscribe", { channel: "presence-reload" });
    const look = async () => (await sdk.get({ path: "/channels/presence-reload" })).json();
    await eventually(async () => expect(await look()).toMatchObject({ occupied: false }));
    come("presence-reload");
    await eventually(async () => expect(await look()).toMatchObject({ occupied: true }));
    come("presence-then");
    await eventually(() => expect(comes()).toEqual(expect.arrayContaining(both("presence-then"))));
    expect(comes().filter((text) => text.endsWith("reload"))).toHaveLength(2);
    raw.socket.terminate();
  });

  test("come several in one request where that is asked for, each endpoint its own kinds, and again when they were not taken", async () => {
    const events = ["channel_occupied", "subscription_count"];
    await configure({
      webhooks: [
        { url: `${url}/flaky`, events },
        { url: `${url}/other`, events: ["member_added"] },
      ],
      batchWebhooks: true,
    });
    const raw = await RawPusher.open(stack.url, app.key);
    for (const name of ["one", "two", "three"]) raw.subscribe(name, app);
    raw.subscribe("presence-four", app, '{"user_id":"ada"}');
    // What the test before left is counted down meanwhile, and told here too.
    const ours = () => told("/flaky").filter(({ channel }) => channel !== "later");
    const found = () => new Set(ours().map(({ name, channel }) => `${name} ${channel}`));
    await eventually(() => {
      expect(failures).toBeGreaterThan(1);
      expect(found().size).toBe(7);
      expect(told("/other")).toEqual([{ name: "member_added", channel: "presence-four", user_id: "ada" }]);
    });
    const together = requests.filter(({ path, events }) => path === "/flaky" && events.length > 1);
    const pairs = together.flatMap(({ events }) => events).filter(({ channel }) => channel === "one"); // noted at once
    expect(new Set(pairs.map(({ name }) => name))).toEqual(new Set(events));
    expect(together.map(({ valid }) => valid)).toEqual(together.map(() => true));
    expect(ours().find(({ name }) => name === "subscription_count")).toMatchObject({ subscription_count: 1 });
    raw.socket.terminate();
  });

  test("that are not taken come again for five minutes, and are then in the dead-letter list", async () => {
    await configure({ webhooks: [{ url: `${url}/down`, events: ["cache_miss"] }] });
    const owner = new pg.Client({ connectionString: stack.database.ownerUrl });
    await owner.connect();
    const begun = Date.now() + 86_400_000; // no worker gets to these jobs
    let now = begun;
    const context = { db: stack.api.services.db, config: configFor(stack.database), now: async () => now };
    let job = {
      payload: { tenantId: tenant.tenantId, url: `${url}/down`, body: "{}" },
      run_at: new Date(),
      max_attempts: 25,
    };
    const waits: number[] = [];
    for (let tries = 0; tries < channelWebhookDelays.length; tries++) {
      await deliverChannelWebhook(context, job.payload);
      const newest =
        "select * from graphile_worker._private_jobs where payload ->> 'url' = $1 order by id desc limit 1";
      [job] = (await owner.query(newest, [job.payload.url])).rows;
      waits.push(job.run_at.getTime() - now);
      now = job.run_at.getTime();
    }
    await owner.end();
    expect(waits).toEqual([2_000, 5_000, 13_000, 35_000, 85_000, 160_000]);
    expect(now - begun).toBe(300_000);
    expect(job.max_attempts).toBe(1);
    await expect(deliverChannelWebhook(context, job.payload)).rejects.toThrow("the webhook answered 503");
    expect(requests.filter(({ path }) => path === "/down")).toHaveLength(7);
  });

  test("that are never answered keep two requests waiting, and neither another tenant's nor their own tenant's to another address", async () => {
    const owner = new pg.Client({ connectionString: stack.database.ownerUrl });
    await owner.connect();
    const events = ["channel_occupied"];
    const webhooks = [
      { url: `${url}/hangs`, events },
      { url: `${url}/beside`, events },
    ];
    await configure({ webhooks, batchWebhooks: false });
    const globex = await stack.tenant("globex");
    const raws = [await RawPusher.open(stack.url, app.key)];
    for (let n = 0; n < 20; n++) raws[0]?.subscribe(`hangs-${n}`, app);
    await eventually(() => expect(hanging.size).toBeGreaterThan(0));
    const theirs = await appOf(globex);
    await globex.key()("PATCH", "/admin/pusher", { webhooks: [{ url: `${url}/lives`, events }] });
    raws.push(await RawPusher.open(stack.url, theirs.key));
    raws[1]?.subscribe("lives", theirs);
    await eventually(() => expect(told("/lives")).toEqual([{ name: "channel_occupied", channel: "lives" }]));
    const { rows } = await owner.query(
      `select count(*)::int as n from graphile_worker._private_jobs where locked_at is not null and payload ->> 'url' = $1`,
      [`${url}/hangs`],
    );
    expect(rows[0].n).toBeLessThanOrEqual(2);
    await eventually(() => expect(told("/beside")).toHaveLength(20));
    const { rows: waiting } = await owner.query(
      `select min(priority) > 0 as last from graphile_worker._private_jobs where payload ->> 'url' = $1`,
      [`${url}/hangs`],
    );
    expect(waiting[0].last).toBe(true);
    await configure({ webhooks: [] });
    for (const response of hanging) response.end();
    for (const raw of raws) raw.socket.terminate();
    await owner.end();
  });

  test("that are never answered at any of a tenant's addresses leave other tenants most of the slots, those of many tenants other jobs theirs", async () => {
    hanging.clear();
    const events = ["channel_occupied"];
    const webhooks = Array.from({ length: 10 }, (_, n) => ({ url: `${url}/hangs-${n}`, events }));
    const raws: RawPusher[] = [];
    const watch = async (whose: TestTenant, body: object, channels: number) => {
      const credentials = await appOf(whose);
      await whose.key()("PATCH", "/admin/pusher", body);
      const raw = await RawPusher.open(stack.url, credentials.key);
      for (let n = 0; n < channels; n++) raw.subscribe(`watched-${n}`, credentials);
      raws.push(raw);
    };
    await watch(tenant, { webhooks, batchWebhooks: false }, 20);
    await eventually(() => expect(hanging.size).toBeGreaterThanOrEqual(4));
    await watch(await stack.tenant("globex-2"), { webhooks: [{ url: `${url}/lives-too`, events }] }, 1);
    await eventually(() => expect(told("/lives-too")).toEqual([{ name: "channel_occupied", channel: "watched-0" }]));
    const others = await Promise.all(["a", "b", "c"].map((letter) => stack.tenant(`dead-${letter}`)));
    for (const dead of others) await watch(dead, { webhooks, batchWebhooks: false }, 4);
    await eventually(() => expect(hanging.size).toBeGreaterThanOrEqual(16));
    const job = judgeAnewJob(tenant.tenantId);
    const owner = new pg.Client({ connectionString: stack.database.ownerUrl });
    await owner.connect();
    await tenantTransaction(stack.api.services.db.prisma, tenant.tenantId, (tx) => enqueueJobs(tx, [job]));
    const left = () => owner.query("select from graphile_worker._private_jobs where key = $1", [job.key]);
    // A request is waited for twice as long.
    await expect.poll(async () => (await left()).rowCount, { timeout: 5000 }).toBe(0);
    await owner.end();
    await configure({ webhooks: [] });
    for (const response of hanging) response.end();
    for (const raw of raws) raw.socket.terminate();
  });

  test("go to no private address, by number or by name, and by https only, unless the installation allows it", async () => {
    const body = "{}";
    for (const address of ["https://127.0.0.1:1/", "https://localhost:1/", "https://[::1]:1/", "https://10.0.0.1/"])
      await expect(post({ url: address, body, headers: {}, allowPrivateNetworks: false })).rejects.toThrow(
        /not allowed/i,
      );
    await expect(async () => post({ url, body, headers: {}, allowPrivateNetworks: false })).rejects.toThrow(
      "http: is not https:, the only one allowed without ALLOW_PRIVATE_NETWORKS=true",
    );
    for (const wrong of ["ftp://x.example/", "https://user:pass@x.example/", "nonsense"]) {
      const answer = await configure({ webhooks: [{ url: wrong, events: ["cache_miss"] }] });
      expect(answer.status).toBe(400);
    }
  });
});
