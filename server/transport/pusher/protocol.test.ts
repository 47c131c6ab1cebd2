import { createHash } from "node:crypto";
import { once } from "node:events";
import type PusherSdk from "pusher";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isPusherAuth, pusherAuth, pusherSignature } from "../../auth/pusher-app.ts";
import type { PusherAppAnswer } from "../../domain/pusher-apps/schema.ts";
import { disconnects } from "../../realtime/disconnect.ts";
import { eventually } from "../../testing/hub-client.ts";
import { appOf, type PusherCredentials, RawPusher, stockSdk } from "../../testing/pusher-client.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { signatureFault, signCall } from "./http-signature.ts";

// The protocol to the byte: signatures, names, close codes, and what is answered to what nobody can read.

const vectorApp = { key: "278d425bdf160c739803", secret: "7ad3773142a6692b25b8" };

describe("signatures (protocols.md B5, B10, B11)", () => {
  test.each([
    ["1234.1234:private-foobar", "58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4"],
    [
      '1234.1234:presence-foobar:{"user_id":10,"user_info":{"name":"Mr. Channels"}}',
      "31935e7d86dba64c2a90aed31fdc61869f9b22ba9d8863bba239c03ca481bc80",
    ],
    [
      '1234.1234:presence-foobar:{"user_id":10,"user_info":{"name":"Mr. Pusher"}}',
      "afaed3695da2ffd16931f457e338e6c9f2921fa133ce7dac49f529792be6304c",
    ],
    ['1234.1234::user::{"id":"12345"}', "4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba"],
    [
      '{"time_ms":1327078148132,"events":[{"name":"channel_occupied","channel":"test_channel"}]}',
      "709fdb84c03664445f7698120b0edf0acc1ab1c8c6e93a0368c61841d6b998aa",
    ],
  ])("of %s", (text, hex) => {
    expect(pusherSignature(vectorApp.secret, text)).toBe(hex);
    expect(pusherAuth(vectorApp, text)).toBe(`${vectorApp.key}:${hex}`);
    expect(isPusherAuth(vectorApp, `${vectorApp.key}:${hex}`, text)).toBe(true);
    expect(isPusherAuth(vectorApp, `other:${hex}`, text)).toBe(false);
    expect(isPusherAuth(vectorApp, `${vectorApp.key}:${hex.slice(1)}`, text)).toBe(false);
  });

  const body = Buffer.from('{"name":"foo","channels":["project-3"],"data":"{\\"some\\":\\"data\\"}"}');
  const query =
    "auth_key=278d425bdf160c739803&auth_timestamp=1353088179&auth_version=1.0&body_md5=ec365a775a4cd0599faeb73354201b6f";
  const signature = "da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c";
  const call = (changes: { query?: string; body?: Buffer; path?: string } = {}) => ({
    method: "POST",
    path: changes.path ?? "/apps/3/events",
    query: new URLSearchParams(changes.query ?? `${query}&auth_signature=${signature}`),
    body: changes.body ?? body,
  });
  const now = 1353088179_000;

  test("of a call", () => {
    expect(createHash("md5").update(body).digest("hex")).toBe("ec365a775a4cd0599faeb73354201b6f");
    expect(signCall(vectorApp, call())).toBe(signature);
    expect(signatureFault(vectorApp, call(), now)).toBeUndefined();
    expect(signatureFault(vectorApp, call(), now + 599_000)).toBeUndefined();
  });

  test("of a call that is old, early, changed, or of another path is refused", () => {
    expect(signatureFault(vectorApp, call(), now + 601_000)).toMatch("auth_timestamp");
    expect(signatureFault(vectorApp, call(), now - 601_000)).toMatch("auth_timestamp");
    expect(signatureFault(vectorApp, call({ body: Buffer.from("{}") }), now)).toMatch("body_md5");
    expect(signatureFault(vectorApp, call({ path: "/apps/4/events" }), now)).toMatch("auth_signature");
    expect(signatureFault(vectorApp, call({ query: `${query}&auth_signature=${signature}&info=cache` }), now)).toMatch(
      "auth_signature",
    );
    const noMd5 = query.replace(/&body_md5.*/, "");
    const signed = signCall(vectorApp, call({ query: noMd5 }));
    expect(signatureFault(vectorApp, call({ query: `${noMd5}&auth_signature=${signed}` }), now)).toMatch("body_md5");
    expect(signatureFault(vectorApp, call({ query: query.replace("1.0", "2.0") }), now)).toMatch("auth_version");
  });

  test("of values that an address has to escape are of the values themselves; a path is signed as sent or as meant", () => {
    const odd = { method: "GET", path: "/apps/3/users/a%20b", body: Buffer.alloc(0) };
    const params = "auth_key=k&auth_timestamp=1353088179&auth_version=1.0&filter_by_prefix=a%3Db%2Cc";
    for (const path of ["/apps/3/users/a%20b", "/apps/3/users/a b"]) {
      const signed = pusherSignature(vectorApp.secret, `GET\n${path}\n${decodeURIComponent(params)}`);
      const sent = new URLSearchParams(`${params}&auth_signature=${signed}`);
      expect(signatureFault(vectorApp, { ...odd, query: sent }, now)).toBeUndefined();
    }
  });
});

test("every reason to end a connection has a code that makes pusher-js do what is meant: come back, or stay away", () => {
  for (const [reason, { again, pusher }] of Object.entries(disconnects)) {
    const range = again ? [4100, 4299] : [4000, 4099];
    expect([reason, pusher >= (range[0] ?? 0) && pusher <= (range[1] ?? 0)]).toEqual([reason, true]);
  }
});

/** The SDK writes an object as JSON, and types it as text. */
const cached = (said: object) =>
  ({ ...{ name: "x", data: "{}", channels: ["cache-x"], info: "subscription_count" }, ...said }) as unknown as string;

describe("on the wire", () => {
  let stack: Stack;
  let tenant: TestTenant;
  let app: PusherCredentials;
  beforeAll(async () => {
    stack = await startStack();
    tenant = await stack.tenant("acme");
    app = await appOf(tenant);
  });
  afterAll(() => stack.close());

  const address = (key: string, query: string) => new RawPusher(stack.url, `/app/${key}${query}`);

  test("the first word is the socket's id and a time-out, as a string that holds JSON", async () => {
    const raw = address(app.key, "?protocol=7&client=js&version=8.6.0&flash=false");
    await once(raw.socket, "message");
    expect(raw.events[0]).toEqual({
      event: "pusher:connection_established",
      data: expect.stringMatching(/^\{"socket_id":"\d+\.\d+","activity_timeout":120\}$/),
    });
    raw.send("pusher:ping");
    await raw.next("pusher:pong");
    // By it the connections that carry nothing but the app's key are counted.
    expect(stack.api.realtime.connectionsOf(tenant.tenantId)).toMatchObject([{ origin: "127.0.0.1" }]);
    raw.socket.terminate();
  });

  test.each([
    ["no protocol", "", 4008],
    ["an old one", "?protocol=3", 4007],
    ["a future one", "?protocol=8", 4007],
    ["none at all", "?protocol=x", 4007],
    ["a version that cannot be", "?protocol=7&version=%00", 4006],
  ])("%s is refused with its code, which is the first word too", async (_, query, code) => {
    const raw = address(app.key, query);
    expect((await raw.closed).code).toBe(code);
    expect(raw.all("pusher:error")[0]?.data).toMatchObject({ code });
    expect(raw.events).toHaveLength(1);
  });

  test.each(["?protocol=4", "?protocol=5&client=java-client&version=2.4.4", "?protocol=6"])(
    "%s is accepted",
    async (query) => {
      const raw = address(app.key, query);
      await raw.next("pusher:connection_established");
      raw.socket.terminate();
    },
  );

  test("an unknown app is 4001, a disabled one 4003, also for who is connected; a rotated key ends its connections, a secret does not", async () => {
    for (const key of ["nonsense", `acme-${"0".repeat(20)}`, `nobody-${"0".repeat(20)}`])
      expect((await address(key, "?protocol=7").closed).code).toBe(4001);
    const other = await stack.tenant("rotated");
    const first = await appOf(other);
    const raw = await RawPusher.open(stack.url, first.key);
    const again = await other.key()<PusherCredentials>("POST", "/admin/pusher/rotate", {});
    expect(again.body).toMatchObject({ key: first.key, appId: first.appId });
    await expect(stockSdk(stack.url, first).trigger("lobby", "x", {})).rejects.toMatchObject({ status: 401 });
    raw.subscribe("private-x", again.body);
    await raw.next("pusher_internal:subscription_succeeded");
    const renewed = await other.key()<PusherCredentials>("POST", "/admin/pusher/rotate", { key: true });
    expect((await raw.closed).code).toBe(4001);
    const second = await RawPusher.open(stack.url, renewed.body.key);
    await other.key()("PATCH", "/admin/pusher", { enabled: false });
    expect((await second.closed).code).toBe(4003);
    expect((await address(renewed.body.key, "?protocol=7").closed).code).toBe(4003);
    await expect(stockSdk(stack.url, renewed.body).trigger("lobby", "x", {})).rejects.toMatchObject({ status: 403 });
  });

  test("of two who add a webhook to the same list, each saying what it was, the second is refused and drops nothing", async () => {
    const { body: before } = await tenant.key()<PusherAppAnswer>("GET", "/admin/pusher");
    const add = (name: string) => {
      const webhooks = [...before.webhooks, { url: `https://hooks.example/${name}`, events: ["cache_miss"] }];
      return tenant.key()("PATCH", "/admin/pusher", { webhooks, webhooksBefore: before.webhooks });
    };
    const statuses = (await Promise.all([add("one"), add("two")])).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, 409]);
    const { body: now } = await tenant.key()<PusherAppAnswer>("GET", "/admin/pusher");
    expect(now.webhooks.map(({ url }) => url)).toEqual([
      `https://hooks.example/${statuses[0] === 200 ? "one" : "two"}`,
    ]);
    const emptied = { webhooks: [], webhooksBefore: now.webhooks };
    expect(await tenant.key()("PATCH", "/admin/pusher", emptied)).toMatchObject({
      status: 200,
      body: { webhooks: [] },
    });
  });

  test.each<[string, (sdk: PusherSdk) => Promise<unknown>]>([
    ["data of a cache channel", (sdk) => sdk.post({ path: "/events", body: cached({ data: "\0" }) })],
    ["the name of an event", (sdk) => sdk.post({ path: "/events", body: cached({ name: "\0" }) })],
    ["a user's channel", (sdk) => sdk.post({ path: "/events", body: cached({ channels: ["#server-to-user-\0"] }) })],
    [
      "half a character",
      (sdk) => sdk.post({ path: "/events", body: cached({ channels: ["#server-to-user-\ud800"] }) }),
    ],
    ["a channel asked for", (sdk) => sdk.get({ path: "/channels/%23server-to-user-%00" })],
    ["a prefix", (sdk) => sdk.get({ path: "/channels", params: { filter_by_prefix: "\0" } })],
  ])("what Postgres cannot hold is the caller's mistake: %s", async (_, ask) => {
    await expect(ask(stockSdk(stack.url, app))).rejects.toMatchObject({ status: 400 });
  });

  const frames: [string, string | Buffer][] = [
    ["no JSON", "{"],
    ["no object", "[1]"],
    ["no event", "{}"],
    ["an event that is no text", '{"event":{}}'],
    ["an unknown event", '{"event":"pusher:nonsense"}'],
    [
      "nesting without end",
      `{"event":"client-x","channel":"private-x","data":${"[".repeat(20_000)}${"]".repeat(20_000)}}`,
    ],
    ["a prototype", '{"event":"pusher:signin","data":{"__proto__":{"auth":"x"}}}'],
    ["no UTF-8", Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
  ];
  test.each(frames)("%s is answered with pusher:error, and the connection goes on", async (_, data) => {
    const raw = await RawPusher.open(stack.url, app.key);
    raw.socket.send(data);
    await raw.next("pusher:error");
    raw.send("pusher:ping");
    await raw.next("pusher:pong");
    raw.socket.terminate();
  });

  test.each([
    ["no channel", {}, 400],
    ["a name that cannot be", { channel: "a b" }, 400],
    ["a number", { channel: 7 }, 400],
    ["a bad signature", { channel: "private-x", auth: "nonsense" }, 401],
    ["no signature", { channel: "private-x" }, 401],
    ["data that is not signed", { channel: "presence-x", auth: "x", channel_data: "{" }, 401],
    ["a chat that cannot be", { channel: "private-chat-x", auth: "x:y" }, 401],
    ["a user that cannot be", { channel: `private-user-${"x".repeat(5000)}`, auth: "x" }, 401],
  ])("a subscription with %s is refused", async (_, data, status) => {
    const raw = await RawPusher.open(stack.url, app.key);
    raw.send("pusher:subscribe", data);
    const refusal = await raw.next("pusher:subscription_error");
    expect(refusal.data).toMatchObject({ type: "AuthError", status });
    expect(JSON.stringify(refusal)).not.toMatch(/[0-9a-f]{32}/);
    raw.socket.terminate();
  });

  test("a frame over 64 KiB ends the connection with 1009, and a flood is slowed down, not sent away", async () => {
    const large = await RawPusher.open(stack.url, app.key);
    large.socket.send("x".repeat(70_000));
    expect((await large.closed).code).toBe(1009);
    const raw = await RawPusher.open(stack.url, app.key);
    const began = performance.now();
    for (let i = 0; i < 260; i++) raw.subscribe(`flood-${i}`, app);
    await eventually(() => expect(raw.all("pusher_internal:subscription_succeeded")).toHaveLength(260));
    expect(performance.now() - began).toBeGreaterThan(900); // 60 over the burst of 200, at 50 a second
    raw.socket.terminate();
  });

  test.each([
    ["no JSON", "POST", "/events", "{", 400],
    ["no object", "POST", "/events", "[]", 400],
    ["no channel", "POST", "/events", '{"name":"x","data":"x"}', 400],
    ["data that is no text", "POST", "/events", '{"name":"x","data":{},"channel":"lobby"}', 400],
    ["a name that cannot be", "POST", "/events", '{"name":"x","data":"x","channel":"a b"}', 400],
    ["a name of our own", "POST", "/events", '{"name":"x","data":"x","channel":"#user-ada"}', 400],
    ["a socket that cannot be", "POST", "/events", '{"name":"x","data":"x","channel":"lobby","socket_id":"1"}', 400],
    [
      "more than 10 KB",
      "POST",
      "/events",
      JSON.stringify({ name: "x", data: "x".repeat(10_241), channel: "lobby" }),
      413,
    ],
    ["a long name", "POST", "/events", JSON.stringify({ name: "x".repeat(201), data: "x", channel: "lobby" }), 400],
    ["101 channels", "POST", "/events", JSON.stringify({ name: "x", data: "x", channels: Array(101).fill("a") }), 400],
    [
      "11 in a batch",
      "POST",
      "/batch_events",
      JSON.stringify({ batch: Array(11).fill({ name: "x", data: "x", channel: "a" }) }),
      400,
    ],
    ["an unknown path", "GET", "/nowhere", "", 404],
  ])("a call with %s is refused", async (_, method, path, body, status) => {
    const query = new URLSearchParams({
      auth_key: app.key,
      auth_timestamp: String(Math.floor(Date.now() / 1000)),
      auth_version: "1.0",
    });
    if (body) query.set("body_md5", createHash("md5").update(body).digest("hex"));
    const at = `/apps/${app.appId}${path}`;
    query.set("auth_signature", signCall(app, { method, path: at, query }));
    const init = body ? { method, body, headers: { "content-type": "application/json" } } : { method };
    expect((await fetch(`${stack.url}${at}?${query}`, init)).status).toBe(status);
  });
});
