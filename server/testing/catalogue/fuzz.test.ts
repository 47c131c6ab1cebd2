import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { fieldsOf } from "../../input.ts";
import type { Operation } from "../../operation.ts";
import { allOperations } from "../../operations.ts";
import { plainCall } from "../plain-call.ts";
import { type ApiProcess, type Fleet, openFleet } from "../processes.ts";
import { appOf } from "../pusher-client.ts";
import { call, type TestTenant } from "../stack.ts";
import { callerOf, type Example, examples } from "./examples.ts";
import { hubSessions, pusherSessions, trpcSessions } from "./nasty-frames.ts";
import { nastyRequests } from "./nasty-requests.ts";
import { nastyBodies, nastyJson } from "./nasty-values.ts";
import { type Bytes, clientFrame, httpRequest, openRawWebSocket, sendRaw } from "./raw-socket.ts";
import { unfinishedRequests, unreadableRequests } from "./unreadable-requests.ts";
import { furnish, type Side } from "./world.ts";

// Whatever comes in, the service answers it without a 5xx, goes on answering everybody else, logs no error and keeps no memory of it.

// Thousands of requests a test: on a machine that does much else they take their time.
vi.setConfig({ testTimeout: 300_000 });

const seed = 20_261_123;
const maxGrowthMib = 100;

let fleet: Fleet;
let api: ApiProcess;
let acme: Side;
/** Whose sockets are tried: what acme's settings are after all that was said over HTTP, nobody knows. */
let initech: Side;
/** Somebody else, whom all this must not touch. */
let globex: Side;
let rssBefore: number;

beforeAll(async () => {
  fleet = await openFleet();
  // In so small a heap garbage does not pass for growth, and what is kept for good ends the process. In a smaller one collecting it
  // takes most of the time.
  api = await fleet.start({ LOG_LEVEL: "error", NODE_OPTIONS: "--max-old-space-size=192" });
  acme = await furnish(await tenantOf("acme"), api.url);
  initech = await furnish(await tenantOf("initech"), api.url);
  globex = await furnish(await tenantOf("globex"), api.url);
  // What every service needs to run at all is not what a flood leaves behind: every operation runs before the first look.
  await each(allOperations, (operation) => tryValues(operation, nastyJson.slice(0, 2)).then(() => undefined), 2);
  rssBefore = api.rss();
}, 240_000);
afterAll(() => fleet.close());

describe("over HTTP", () => {
  test("bodies that are not what anybody means", async () => {
    const ofChat = `/tenant/acme/v1/Chat/${acme.ids.chatId}`;
    const paths = [
      "/tenant/acme/v1/Chat",
      `${ofChat}/messages`,
      `${ofChat}/members`,
      "/api/trpc/chats.create",
      "/api/trpc/a,b?batch=1",
    ];
    const headers = { authorization: `Bearer ${acme.credentials.member.bearer}`, "content-type": "application/json" };
    const bodies = paths.flatMap((path) => nastyBodies.map((body) => httpRequest("POST", path, headers, body)));
    await expectAnswers(bodies);
  });

  test("two thousand requests of which something is wrong", async () => {
    const requests = fc.sample(nastyRequests(acme), { seed, numRuns: 2000 });
    await expectAnswers(requests.map(({ method, path, headers, body }) => httpRequest(method, path, headers, body)));
  });

  test("bytes that are no request", async () => {
    await expectAnswers(unreadableRequests.map((text) => Buffer.from(text, "latin1")));
  });

  test("requests that never end", async () => {
    await each(unfinishedRequests, async (bytes) => {
      const status = await sendRaw(api.url, bytes, { more: true });
      expect(status ?? 400, bytes.toString().slice(0, 100)).toBeLessThan(500);
    });
    await expectAlive();
  });

  test("values that no field expects, in every field of every operation", async () => {
    const faults: unknown[] = [];
    const note = (found: unknown[]) => void faults.push(...found);
    await each(allOperations, (operation) => tryValues(operation, nastyJson, 8).then(note), 2);
    expect(faults).toEqual([]);
    await expectAlive();
  });
});

const sockets = [
  {
    name: "the hub",
    sessions: hubSessions,
    path: async (token: string) => `/tenant/initech/v1/hub?access_token=${token}`,
    opening: () => [],
    last: '{"type":1,"target":"GetChat","arguments":[{}],"invocationId":"last"}\u001e',
  },
  {
    name: "tRPC's socket",
    sessions: trpcSessions,
    path: async () => "/api/trpc?connectionParams=1",
    opening: (token: string) => [clientFrame(JSON.stringify({ method: "connectionParams", data: { token } }))],
    last: '{"id":"last","method":"query","params":{"path":"chats.get"}}',
  },
  {
    name: "Pusher's socket",
    sessions: pusherSessions,
    path: async () => `/app/${(await appOf(initech.tenant)).key}?protocol=7`,
    opening: () => [],
    last: '{"event":"pusher:subscribe","data":{"channel":"last"}}',
  },
];

describe.each(sockets)("over $name", ({ sessions, path, opening, last }) => {
  test("two thousand frames that are not what anybody means", async () => {
    // A new one: among what was asked before were revocations.
    const token = await initech.tenant.token("ada");
    const place = await path(token);
    const all = fc.sample(sessions, { seed, numRuns: 500 });
    const heard: string[] = [];
    await each(all, async (session) => {
      heard.push(...(await converse(place, [...opening(token), ...session, clientFrame(last)])));
    });
    expect(all.flat().length).toBeGreaterThan(2000);
    // Many connections outlived what was said on them.
    expect(heard.filter((text) => text.includes('"last"')).length).toBeGreaterThan(100);
    expect(heard.filter((text) => /"httpStatus":5|(?<!pusher_)internal:|unavailable:/.test(text))).toEqual([]);
    await expectAlive();
  });
});

describe("after all of it", () => {
  test("the process has not grown", () => {
    expect(api.rss() - rssBefore).toBeLessThan(maxGrowthMib);
  });

  test("no error was logged", () => {
    const logged = api.output().match(/^\{"level":[56]0.*$/gm) ?? [];
    expect(logged.filter((line) => !isBusy(line) && !isFarAway(line))).toEqual([]);
  });
});

/** Sends each over a connection of its own: every one is answered, none with a 5xx. */
async function expectAnswers(requests: Buffer[]): Promise<void> {
  const faults: unknown[] = [];
  await each(requests, async (request) => {
    const status = await sendRaw(api.url, request);
    if (status === undefined || status >= 500) faults.push([status, request.toString("latin1").slice(0, 600)]);
  });
  expect(faults).toEqual([]);
  await expectAlive();
}

async function expectAlive(): Promise<void> {
  const path = `/Chat/${globex.ids.chatId}/messages`;
  expect(await globex.tenant.as("ada")("POST", path, { content: "Still here" })).toMatchObject({ status: 201 });
  expect(api.alive()).toBe(true);
}

/** Says everything, and hears what there is to hear until the last of it is answered, the connection ends or nothing more comes. */
async function converse(path: string, frames: Bytes[]): Promise<string[]> {
  const socket = await openRawWebSocket(api.url, path);
  if (!socket) throw new Error("The upgrade was refused");
  for (const bytes of frames) socket.write(bytes);
  for (let known = -1; !socket.ended() && !socket.received().some((text) => text.includes('"last"')); ) {
    if (socket.received().length === known) break;
    known = socket.received().length;
    await socket.listen(300);
  }
  socket.close();
  return socket.received();
}

/** Calls an operation with each of the values in each of its fields, and answers with what was a 5xx. */
let fieldsTried = 0;

/** With `turns`, a field gets one in so many of the values, the next field the next ones: in the end each value was in fields of every kind. */
async function tryValues(operation: Operation, values: string[], turns = 1): Promise<unknown[]> {
  const example = (examples as Record<string, Example>)[operation.name] as Example;
  const faults: unknown[] = [];
  for (const field of fieldsOf(operation)) {
    const { [field]: _, ...rest } = example.input(acme);
    const others = JSON.stringify(rest).slice(1, -1);
    const turn = fieldsTried++ % turns;
    const inputs = values
      .filter((value, i) => i % turns === turn && isJson(value))
      .map((value) => `{${others}${others ? "," : ""}"${field}":${value}}`);
    const statuses = await callBatch(operation, example, inputs);
    for (const [i, status] of statuses.entries())
      if (status >= 500) faults.push([status, operation.name, field, inputs[i]?.slice(-200)]);
  }
  return faults;
}

/** Over tRPC, because its batches are the fastest way to say so much. */
async function callBatch({ name }: Operation, example: Example, inputs: string[]): Promise<number[]> {
  const { bearer, apiKey } = acme.credentials[callerOf(example)];
  const headers: Record<string, string> = { "content-type": "application/json", "x-tenant-id": "acme" };
  if (bearer) headers.authorization = `Bearer ${bearer}`;
  if (apiKey) headers["x-api-key"] = apiKey;
  const path = inputs.map(() => name).join(",");
  const body = `{${inputs.map((input, i) => `"${i}":${input}`).join(",")}}`;
  const init = { method: "POST", headers, body };
  for (;;) {
    const response = await plainCall(`${api.url}/api/trpc/${path}?batch=1`, init);
    const answers = (await response.json()) as { error?: { message: string; data: { httpStatus: number } } }[];
    if (!answers.some(({ error }) => isBusy(error?.message ?? "")))
      return answers.map(({ error }) => (error && !isFarAway(error.message) ? error.data.httpStatus : 200));
  }
}

/** The tenant's queue is full, as it may be on a machine that does much else: to be repeated, as the answer says. */
function isBusy(text: string): boolean {
  return text.includes("unavailable: Too many changes are waiting");
}

/** The machine does not reach Amazon: said in the log, and no fault of ours. */
function isFarAway(text: string): boolean {
  return text.includes("unavailable: SNS did not answer");
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Works a list off, several at once. */
async function each<T>(items: Iterable<T>, work: (item: T) => Promise<void>, atOnce = 16): Promise<void> {
  const queue = items[Symbol.iterator]();
  const worker = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** A tenant of the process under test, as those of a stack are. */
async function tenantOf(id: string): Promise<TestTenant> {
  const { primaryKey } = await fleet.tenant(id);
  const url = `${api.url}/tenant/${id}/v1`;
  const key: TestTenant["key"] =
    (extra = {}) =>
    (method, path, body, headers) =>
      call(url + path, method, body, { "x-api-key": primaryKey, ...extra, ...headers });
  const token = async (userId: string, groups?: string[]) =>
    (await key()<{ token: string }>("POST", "/tokens", { userId, groups })).body.token;
  const as = (userId: string) => key({ "x-act-as-user": userId });
  return { tenantId: id as TestTenant["tenantId"], primaryKey, secondaryKey: "", url, token, as, key };
}
