import { setImmediate as turn } from "node:timers/promises";
import { pino } from "pino";
import { expect, test, vi } from "vitest";
import { mintTenantId, type Principal } from "../../auth/principal.ts";
import type { PusherApp } from "../../auth/pusher-app.ts";
import { DomainError } from "../../errors.ts";
import { payloadOf } from "../../realtime/connection.ts";
import { Realtime } from "../../realtime/realtime.ts";
import { eventually } from "../../testing/hub-client.ts";
import { PusherConnection, type PusherHost } from "./pusher-connection.ts";

// What a connection does by the clock, which is the test's.

const tenantId = mintTenantId("acme");
const principal: Principal = {
  tenantId,
  kind: "visitor",
  admin: false,
  scopes: new Set(),
  credential: { type: "none" },
};
const app: PusherApp = {
  ...{ appId: "1", key: "acme-1", secret: "s", enabled: true, clientEvents: true },
  ...{ subscriptionCounts: true, batchWebhooks: false, webhooks: [] },
};

function openOnPaper(frameRate = { rate: 50, burst: 200 }, refusal?: Error, parts: Partial<PusherHost> = {}) {
  const said: string[] = [];
  const clock = { now: 1_000_000 };
  const channels = { unwatch: () => {}, join: async () => ({ members: undefined }) };
  const identify = (): void => {
    throw refusal;
  };
  const realtime = { hub: { abandon: () => {} }, channels, identify, tap: { on: false } } as unknown as Realtime;
  const host = {
    log: pino({ level: "silent" }),
    now: () => clock.now,
    realtime,
    appOf: async () => app,
    readGrant: async () =>
      refusal && { principal: { ...principal, kind: "user" as const, userId: "ada" }, since: undefined },
    expired: () => said.push("expired"),
    closed: () => {},
    ...parts,
  };
  const writer = {
    write: (bytes: Buffer) => void said.push((JSON.parse(payloadOf(bytes).toString()) as { event: string }).event),
    end: (code: number) => void said.push(String(code)),
    pressure: (): Promise<void> | undefined => undefined,
    unread: 0,
  };
  const socket = { pause: () => {}, resume: () => {} };
  const connection = new PusherConnection(host, {
    id: "1.2",
    origin: "127.0.0.1",
    principal,
    app,
    frameRate,
    client: undefined,
    socket,
    makeWriter: () => writer,
  });
  const pass = (seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      clock.now += 1000;
      connection.sweep(clock.now);
    }
  };
  const hear = (event: string, data = {}) => connection.receive(Buffer.from(JSON.stringify({ event, data })));
  return { connection, said, pass, hear, writer };
}

test("a client that is silent for 120 s is asked after, and closed with 4201 when it does not answer in 30 s", () => {
  const { said, pass } = openOnPaper();
  pass(120);
  expect(said).toEqual([]);
  pass(1);
  expect(said).toEqual(["pusher:ping"]);
  pass(30);
  expect(said).toEqual(["pusher:ping"]);
  pass(1);
  expect(said).toEqual(["pusher:ping", "4201"]);
});

test("any frame is an answer; a ping is answered at once", () => {
  const { said, pass, hear } = openOnPaper();
  pass(121);
  hear("pusher:pong");
  pass(119);
  hear("pusher:ping");
  pass(119);
  expect(said).toEqual(["pusher:ping", "pusher:pong"]);
});

test("a connection whose token has run out is shown to its host at every sweep", () => {
  const { connection, said, pass } = openOnPaper();
  connection.principal = { ...principal, kind: "user", userId: "ada", expiresAt: 1_002_000 };
  pass(1);
  expect(said).toEqual([]);
  pass(1);
  expect(said).toEqual(["expired"]);
});

test.each([
  ["too many connections", "stays away", new DomainError("rate_limited"), "4004"],
  ["a fault of ours", "comes back after a while", new Error("no such thing"), "4100"],
])("whoever cannot become a user, for %s, %s", async (_why, _end, refusal, code) => {
  const { said, hear } = openOnPaper(undefined, refusal);
  hear("pusher:subscribe", { channel: "private-user-ada", auth: "good" });
  await eventually(() => expect(said.at(-1)).toBe(code));
});

test("a frame that the database keeps from being handled ends the connection; its client waits before it comes back", async () => {
  const appOf = () => Promise.reject(new Error("the database is away"));
  const { said, hear } = openOnPaper(undefined, undefined, { appOf });
  hear("pusher:subscribe", { channel: "lobby" });
  await eventually(() => expect(said).toEqual(["4100"]));
});

test("a page that closes while its grant is looked up is registered no more, and its user is not here", async () => {
  let letGo = () => {};
  const held = new Promise<void>((resolve) => (letGo = resolve));
  const realtime = new Realtime({
    db: { pool: {}, onCommit: () => {} },
    bus: { onMessage: () => {}, publish: () => {} },
    nodeId: "node-1",
    onError: () => {},
  } as unknown as ConstructorParameters<typeof Realtime>[0]);
  const user: Principal = { ...principal, kind: "user", userId: "ada" };
  const readGrant = vi.fn(() => held.then(() => ({ principal: user, since: undefined })));
  const { connection, hear } = openOnPaper(undefined, undefined, {
    realtime,
    readGrant,
    closed: (gone) => realtime.closed(gone),
  });
  realtime.open(connection);
  hear("pusher:subscribe", { channel: "private-user-ada", auth: "good" });
  await eventually(() => expect(readGrant).toHaveBeenCalled());
  connection.closed();
  expect(realtime.size).toBe(0);
  letGo();
  await turn();
  expect(realtime.size).toBe(0);
  expect(connection.identify(user)).toBe(false);
  expect(realtime.size).toBe(0);
});

test("a connection listens to 2,000 channels at most; one of them again is no further one", async () => {
  const { said, hear } = openOnPaper({ rate: 10_000, burst: 10_000 });
  const words = (word: string) => said.filter((event) => event === word).length;
  for (let i = 0; i < 2000; i++) hear("pusher:subscribe", { channel: `c-${i}` });
  await eventually(() => expect(words("pusher_internal:subscription_succeeded")).toBe(2000));
  hear("pusher:subscribe", { channel: "one-more" });
  await eventually(() => expect(said.at(-1)).toBe("pusher:subscription_error"));
  hear("pusher:subscribe", { channel: "c-0" });
  await eventually(() => expect(words("pusher_internal:subscription_succeeded")).toBe(2001));
});

test("what a client asks for is answered as fast as it reads, and its pings at once", async () => {
  const { said, hear, writer } = openOnPaper();
  let read = () => {};
  writer.pressure = () =>
    new Promise((resolve) => {
      read = resolve;
    });
  const answers = () => said.filter((event) => /succeeded|pong/.test(event));
  const [subscribed, pong] = ["pusher_internal:subscription_succeeded", "pusher:pong"];
  for (const channel of ["a", "b"]) hear("pusher:subscribe", { channel });
  await eventually(() => expect(answers()).toEqual([subscribed]));
  hear("pusher:ping");
  for (let turns = 0; turns < 10; turns++) await new Promise(setImmediate);
  expect(answers()).toEqual([subscribed, pong]);
  read();
  await eventually(() => expect(answers()).toEqual([subscribed, pong, subscribed]));
});
