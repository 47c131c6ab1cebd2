import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { Envelope } from "../../server/events.ts";
import { startWorker } from "../../server/jobs/worker.ts";
import { openCutProxy } from "../../server/testing/cut-proxy.ts";
import { freePort } from "../../server/testing/free-port.ts";
import { eventually } from "../../server/testing/hub-client.ts";
import { configFor, type Stack, startStack, type TestTenant } from "../../server/testing/stack.ts";
import { openReceiver, type Receiver } from "../../server/testing/webhook-receiver.ts";
import { runCommand } from "./run-command.ts";
import { openService } from "./service.ts";
import { tailPusher } from "./tail-pusher.ts";
import { tailSignalr } from "./tail-signalr.ts";
import { tailTrpc } from "./tail-trpc.ts";

// Every command as the process that a shell starts, against a real service.

const root = join(import.meta.dirname, "../..");
const folder = join(root, "node_modules/.cache/parley-tests", `cli-${process.pid}`);
const file = join(folder, "parley.mjs");
let stack: Stack;
let acme: TestTenant;
let chatId: string;

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  const bundle = build({
    ...{ entryPoints: [join(root, "client/cli/main.ts")], outfile: file, bundle: true },
    ...{ packages: "external", platform: "node", format: "esm", target: "node20.19", logLevel: "warning" },
  });
  [stack] = await Promise.all([startStack(), bundle]);
  acme = await stack.tenant("acme");
  chatId = (await acme.as("ada")<{ id: string }>("POST", "/Chat", { name: "Crew", memberUserIds: ["ben"] })).body.id;
});
afterAll(async () => {
  await stack.close();
  rmSync(folder, { recursive: true, force: true });
});

const env = (changes: Record<string, string>): NodeJS.ProcessEnv & Record<string, string> => ({
  ...{ NODE_ENV: "test", PATH: process.env.PATH ?? "" },
  ...{ PARLEY_URL: stack.url, PARLEY_TENANT: "acme", PARLEY_KEY: acme.primaryKey },
  ...changes,
});

interface Ended {
  code: number;
  out: string;
  err: string;
}

const parley = (words: string[], { input = "", ...changes }: Record<string, string> = {}) =>
  new Promise<Ended>((resolve) => {
    const child = execFile(process.execPath, [file, ...words], { env: env(changes) }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
    child.stdin?.end(input);
  });
const json = async <T>(...words: string[]): Promise<T> => {
  const { code, out, err } = await parley(words);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out);
};
const say = (content: string) => acme.as("ada")("POST", `/Chat/${chatId}/messages`, { content });
const contents = (events: Envelope[]) => events.map(({ data }) => data.content);

test("token makes a token that works, send sends as its user, from words and from stdin", async () => {
  const { token, expiresAt } = await json<{ token: string; expiresAt: string }>("token", "ada", "--expires", "60");
  expect(Date.parse(expiresAt)).toBeLessThan(Date.now() + 61_000);
  const sent = await parley(["send", chatId, "Ahoy"], { PARLEY_KEY: "", PARLEY_TOKEN: token });
  expect(JSON.parse(sent.out)).toMatchObject({ content: "Ahoy", senderId: "ada", seq: 1 });
  const plain = await parley(["send", chatId, "-", "--as", "ben", "--text"], { input: "two\nlines\n" });
  expect(plain).toMatchObject({ code: 0, out: expect.stringMatching(/^#2 [0-9a-f-]{36}\n$/) });
  const twice = ["send", chatId, "once", "--as", "ben", "--id", "mine"];
  expect([await json(...twice), await json(...twice)]).toMatchObject([{ seq: 3 }, { seq: 3 }]);
  const { body } = await acme.as("ben")<{ data: { content: string }[] }>("GET", `/Chat/${chatId}/messages`);
  expect(body.data.map(({ content }) => content)).toEqual(["once", "two\nlines", "Ahoy"]);
  await acme.as("ada")("POST", `/Chat/${chatId}/members`, { userIds: ["josé", "李雷"] });
  for (const name of ["josé", "李雷"])
    expect(await json("send", chatId, "Olá", "--as", name)).toMatchObject({ senderId: name });
  expect((await parley(["token", "ada", "--text"])).out).toMatch(/^ey[\w.-]+\n$/);
});

test("notify sends a notification", async () => {
  const made = await json("notify", "ben", "Tide", "High at nine", "--priority", "High", "--type", "Tide");
  expect(made).toMatchObject({ userId: "ben", subject: "Tide", priority: "High", type: "Tide", status: "visible" });
  const later = await json("notify", "ben", "Tide", "Low at three", "--at", "2990-01-01T03:00:00Z");
  expect(later).toMatchObject({ status: "scheduled", scheduledFor: "2990-01-01T03:00:00.000Z" });
});

describe("tail shows what was missed and what comes, the same by every protocol", () => {
  for (const protocol of ["events", "signalr", "pusher", "trpc"])
    test(protocol, async () => {
      const { nextCursor } = (await acme.as("ben")<{ nextCursor: string }>("GET", "/events")).body;
      await say("missed");
      const words = ["--protocol", protocol, "--as", "ben", "--after", nextCursor, "--kinds", "message.created"];
      const child = spawn(process.execPath, [file, "tail", ...words], { env: env({}) });
      const heard: Envelope[] = [];
      createInterface(child.stdout).on("line", (line) => heard.push(JSON.parse(line)));
      await eventually(() => expect(contents(heard)).toEqual(["missed"]));
      await say("live");
      await eventually(() => expect(contents(heard)).toEqual(["missed", "live"]));
      const log = await acme.as("ben")<{ data: Envelope[] }>("GET", `/events?after=${nextCursor}`);
      expect(heard.map(({ eventId, seq }) => [eventId, seq])).toEqual(
        log.body.data.map(({ eventId, seq }) => [eventId, seq]),
      );
      const ended = new Promise((resolve) => child.once("exit", (code) => resolve(code)));
      child.kill("SIGINT");
      expect(await ended).toBe(0);
    });

  test("comes back after the network fails and after a restart, before it has heard anything too: no gap, and no repeat", async () => {
    const leaving = await stack.another();
    const wire = await openCutProxy(leaving.url);
    const heard: Record<string, Envelope[]> = {};
    const children = ["events", "signalr", "pusher", "trpc"].map((protocol) => {
      const words = ["--protocol", protocol, "--as", "ben", "--kinds", "message.created"];
      const child = spawn(process.execPath, [file, "tail", ...words], { env: env({ PARLEY_URL: wire.url }) });
      const list: Envelope[] = [];
      heard[protocol] = list;
      createInterface(child.stdout).on("line", (line) => list.push(JSON.parse(line)));
      return child;
    });
    // A tail that is cut off before it has begun ends. The hub's client pings then; Pusher's has its own channel and its chat's.
    const begun = (live: object) => {
      if ("pulse" in live) return (live.pulse as { pinged: boolean }).pinged;
      return !("logs" in live) || (live.logs as { size: number }).size >= 2;
    };
    const connected = () => leaving.api.realtime.connectionsOf(acme.tenantId).filter(begun);
    await eventually(() => expect(connected()).toHaveLength(children.length));
    const said: string[] = [];
    const sayAll = async (...texts: string[]) => {
      for (const text of texts) await say(text);
      said.push(...texts);
    };
    const allHeard = () =>
      eventually(() => {
        for (const [protocol, list] of Object.entries(heard)) expect(contents(list), protocol).toEqual(said);
      });
    wire.cut();
    await sayAll("while it is away", "and more");
    wire.mend();
    await allHeard();
    await sayAll("live");
    await allHeard();
    wire.pointTo(stack.url);
    const closing = leaving.api.close();
    await sayAll("at the restart", "right after it");
    await closing;
    await allHeard();
    await sayAll("in the end");
    await allHeard();
    const ended = children.map((child) => once(child, "exit"));
    for (const child of children) child.kill("SIGINT");
    for (const [code] of await Promise.all(ended)) expect(code).toBe(0);
    await wire.close();
  }, 150_000);

  test("by the hub, tRPC and Pusher comes back with another token once the first has run out", async () => {
    const outlive = async (read: typeof tailSignalr, userId: string) => {
      const service = openService({ url: stack.url, tenant: "acme", key: acme.primaryKey, as: userId });
      const made: string[] = [];
      const userToken = async () => {
        const input = { userId, expiresInSeconds: made.length === 0 ? 8 : 3_600 };
        made.push((await acme.key()<{ token: string }>("POST", "/tokens", input)).body.token);
        return made.at(-1) ?? "";
      };
      const ends = new AbortController();
      const none = { after: undefined, kinds: undefined, chatId: undefined, onEvent: () => {}, onResync: () => {} };
      const tail = read({ ...none, service: { ...service, userToken }, signal: ends.signal });
      const mine = () =>
        stack.api.realtime.connectionsOf(acme.tenantId).filter(({ principal }) => principal.userId === userId);
      const lasting = () => mine().map(({ principal }) => (principal.expiresAt ?? 0) > Date.now());
      // It has run out, and is good for its grace period.
      await eventually(() => expect(lasting(), userId).toEqual([false]));
      for (const connection of mine()) connection.disconnect("shutdown");
      await eventually(() => expect(lasting(), userId).toEqual([true]));
      ends.abort();
      await tail;
    };
    await Promise.all([outlive(tailSignalr, "dora"), outlive(tailTrpc, "dina"), outlive(tailPusher, "dan")]);
  });

  test("by the hub ends, and says why, once the service takes no token of it any more", async () => {
    const service = openService({ url: stack.url, tenant: "acme", key: acme.primaryKey, as: "elsa" });
    const input = { userId: "elsa", expiresInSeconds: 8 };
    const tokens = [(await acme.key()<{ token: string }>("POST", "/tokens", input)).body.token];
    const none = { after: undefined, kinds: undefined, chatId: undefined, onEvent: () => {}, onResync: () => {} };
    const userToken = async () => tokens.pop() ?? "nonsense";
    const { signal } = new AbortController();
    const ended = tailSignalr({ ...none, service: { ...service, userToken }, signal }).catch((error: unknown) => error);
    const mine = () =>
      stack.api.realtime.connectionsOf(acme.tenantId).filter(({ principal }) => principal.userId === "elsa");
    // It has run out, and is good for its grace period.
    const lasting = () => mine().map(({ principal }) => (principal.expiresAt ?? 0) > Date.now());
    await eventually(() => expect(lasting()).toEqual([false]));
    for (const connection of mine()) connection.disconnect("shutdown");
    expect(await ended).toMatchObject({ status: 401 });
  });

  test("by Pusher goes on when its user is taken out of a chat, and hears that chat again once back in it", async () => {
    const ada = acme.as("ada");
    const { body } = await ada<{ id: string }>("POST", "/Chat", { name: "Other", memberUserIds: ["cleo"] });
    const child = spawn(process.execPath, [file, "tail", "--protocol", "pusher", "--as", "cleo"], { env: env({}) });
    const heard: Envelope[] = [];
    createInterface(child.stdout).on("line", (line) => heard.push(JSON.parse(line)));
    const types = () => heard.map(({ type }) => type);
    const mine = () =>
      stack.api.realtime.connectionsOf(acme.tenantId).filter(({ principal }) => principal.userId === "cleo");
    await eventually(() => expect(mine()).toHaveLength(1));
    await ada("DELETE", `/Chat/${body.id}/members/cleo`);
    await eventually(() => expect(types()).toEqual(["member.removed"]));
    await ada("POST", `/Chat/${body.id}/members`, { userId: "cleo" });
    await ada("POST", `/Chat/${body.id}/messages`, { content: "Welcome back" });
    await eventually(() => expect(types()).toEqual(["member.removed", "member.added", "message.created"]));
    const ended = once(child, "exit");
    child.kill("SIGINT");
    expect((await ended)[0]).toBe(0);
  });

  test("with a key the whole tenant's log, as text, until the limit", async () => {
    const { nextCursor } = (await acme.key()<{ nextCursor: string }>("GET", "/events")).body;
    await say("of everybody \u001b[2J");
    await say("not any more");
    const { out, code } = await parley(["tail", "--after", nextCursor, "--limit", "1", "--text"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^message\.created +chat \S+ {2}#\d+ {2}ada {2}of everybody {2}\[2J\n$/);
  });
});

test("replay sends a range to a webhook endpoint once more", async () => {
  const sink: Receiver = await openReceiver();
  const worker = await startWorker(configFor(stack.database), { look: 50 });
  const { nextCursor } = (await acme.key()<{ nextCursor: string }>("GET", "/events")).body;
  await say("early");
  const { body } = await acme.key()<{ id: string }>("POST", "/admin/webhooks", {
    url: sink.url,
    types: ["message.created"], // not also that somebody of an earlier test is gone
  });
  const words = ["replay", body.id, "--after", nextCursor, "--undelivered"];
  expect(await json(...words)).toEqual({ webhookId: body.id, count: 1 });
  await eventually(() => expect(sink.received.map((one) => one.body.data.content)).toEqual(["early"]));
  await worker.close();
  await sink.close();
});

test("what goes wrong is said on stderr in a line, with a code for scripts", async () => {
  const nobody = `http://127.0.0.1:${await freePort()}`;
  const cases: [string[], number, RegExp, Record<string, string>?][] = [
    [["tail", "--what"], 2, /^parley: Unknown option '--what'\n$/],
    [["tail", "--protocol", "trpc", "--as", "ada", "--after", "nonsense"], 1, /^parley: .+ \(cursor_invalid.*\)\n$/],
    [["token", "ada"], 3, /^parley: The service did not answer: .*ECONNREFUSED/, { PARLEY_URL: nobody }],
  ];
  for (const [words, code, says, changes] of cases) {
    const ended = await parley(words, changes);
    expect(ended).toEqual({ code, out: "", err: expect.stringMatching(says) });
  }
});

describe("words and answers of all kinds", () => {
  const said: string[] = [];
  beforeAll(() => {
    for (const stream of [process.stdout, process.stderr])
      vi.spyOn(stream, "write").mockImplementation((text) => said.push(String(text)) > 0);
  });
  afterEach(() => vi.unstubAllEnvs());
  afterAll(() => void vi.restoreAllMocks());

  const cases: [string[], number, RegExp, Record<string, string>?][] = [
    [[], 2, /parley tail \[--protocol/],
    [["--help"], 0, /Exit codes: 0 done/],
    [["tail", "--help"], 0, /^parley tail/],
    [["dance"], 2, /There is no command dance/],
    [["constructor"], 2, /There is no command constructor/],
    [["toString", "--help"], 0, /^parley <command>/],
    [["send", "c"], 2, /takes <chatId> <text>/],
    [["send", "c", "x", "--limit", "3"], 2, /no option --limit/],
    [["tail", "--protocol", "smoke"], 2, /one of events, signalr, pusher, trpc/],
    [["tail", "--limit", "0"], 2, /whole number above 0/],
    [["tail", "--kinds", "message.created, Chat"], 2, /--kinds are among message\.created, .+, not Chat/],
    [["tail", "--protocol", "pusher"], 2, /--as/],
    [["token", "ada"], 2, /Which tenant\?/, { PARLEY_TENANT: "" }],
    [["token", "ada"], 2, /Who calls\?/, { PARLEY_KEY: "" }],
    [["token", "ada"], 2, /is no address/, { PARLEY_URL: "nowhere" }],
    [["token", "ada", "--url", "localhost:3000"], 2, /localhost:3000 is no address: .+http:\/\//],
    [["tail", "--protocol", "signalr"], 2, /--as/],
    [["tail", "--protocol", "signalr", "--as", "ada"], 1, /unauthenticated/, { PARLEY_KEY: "nonsense" }],
    [["tail", "--protocol", "signalr", "--after", "x"], 1, /unauthenticated/, { PARLEY_KEY: "", PARLEY_TOKEN: "no" }],
    [["token", "ada"], 1, /unauthenticated/, { PARLEY_KEY: "nonsense" }],
    [["token", "ada"], 1, /unauthenticated/, { PARLEY_KEY: "", PARLEY_API_KEY: "nonsense" }],
    ...["events", "signalr", "pusher", "trpc"].map((protocol): (typeof cases)[number] => {
      const words = ["tail", "--protocol", protocol];
      return [words, 1, /unauthenticated/, { PARLEY_KEY: "", PARLEY_TOKEN: "nonsense" }];
    }),
    [["send", crypto.randomUUID(), "x", "--as", "ada"], 1, /not_found, request /],
    [["send", crypto.randomUUID(), "x"], 1, /; name one with --as \(user_required/],
    [["send", crypto.randomUUID(), "x", "--as", "a".repeat(129)], 1, /\n {2}--as: /],
    [["notify", "ada", " ", "x"], 1, /\n {2}subject: /],
  ];
  test.each(cases)("parley %j ends with %i", async (words, code, says, changes = {}) => {
    for (const [name, value] of Object.entries(env(changes))) vi.stubEnv(name, value);
    said.length = 0;
    expect(await runCommand(words)).toBe(code);
    expect(said.join("")).toMatch(says);
  });
});

test("npx parley, in a clone, runs the command from its sources", async () => {
  const command = join(root, "client/cli/parley.mjs");
  const child = execFile(process.execPath, [command, "token", "ada"], { env: env({}) });
  let out = "";
  child.stdout?.on("data", (text) => {
    out += text;
  });
  expect(await once(child, "close")).toEqual([0, null]);
  expect(JSON.parse(out)).toMatchObject({ token: expect.any(String) });
}, 150_000);
