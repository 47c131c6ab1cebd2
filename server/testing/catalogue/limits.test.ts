import { setTimeout as sleep } from "node:timers/promises";
import { HubConnectionBuilder, HubConnectionState, LogLevel } from "@microsoft/signalr";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { listChats } from "../../domain/chats/list-chats.ts";
import { listUsers } from "../../domain/users/list-users.ts";
import type { Operation } from "../../operation.ts";
import { limits } from "../../schema.ts";
import { type Caller, call, type Stack, startStack, type TestAnswer, type TestTenant } from "../stack.ts";
import { openTransports, type TransportName } from "./transports.ts";

// The limits that the contract publishes: what they stop, and whom they leave alone.

let stack: Stack;
let tenants = 0;

beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

type Rates = Record<string, { rate: number; burst: number }>;

/** A tenant whose rates are as small as told; the rest stays as published. */
async function tenantWith(rates: Rates): Promise<TestTenant> {
  const tenant = await stack.tenant(`limited-${++tenants}`);
  await tenant.key()("PATCH", "/admin/tenant", { settings: { rates } });
  return tenant;
}

/** Of the seconds in which a bucket gets one more none goes by, however long the machine takes. */
function stopClock(): void {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
}

/** Statuses of so many calls, one after the other. */
async function statusesOf(count: number, caller: Caller, path = "/Chat"): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < count; i++) statuses.push((await caller("GET", path)).status);
  return statuses;
}

function expectLimited(answer: TestAnswer, policy: string): void {
  expect(answer).toMatchObject({ status: 429, body: { code: "rate_limited", status: 429 } });
  expect(answer.headers.get("ratelimit-policy")).toBe(policy);
  expect(answer.headers.get("ratelimit")).toMatch(/^"\w+";r=0;t=\d+$/);
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
}

describe("a user", () => {
  test("is stopped after the burst, told when to come back, and then let in; others go on", async () => {
    const tenant = await tenantWith({ user: { rate: 1, burst: 3 } });
    const [ada, ben] = [tenant.as("ada"), tenant.as("ben")];
    const began = Date.now();
    let refused = await ada("GET", "/Chat");
    let letIn = 0;
    for (; refused.status === 200; refused = await ada("GET", "/Chat")) letIn++;
    expect(letIn).toBeGreaterThanOrEqual(3);
    // One a second comes after the burst, also while the machine stands still.
    expect(letIn).toBeLessThanOrEqual(4 + (Date.now() - began) / 1000);
    expectLimited(refused, '"user";q=3;w=3');
    const passed = await ben("GET", "/Chat");
    expect(passed.headers.get("ratelimit")).toBe('"user";r=2;t=1');
    await sleep(Number(refused.headers.get("retry-after")) * 1000);
    expect((await ada("GET", "/Chat")).status).toBe(200);
  });

  test("has one bucket on every transport", async () => {
    const tenant = await tenantWith({ user: { rate: 0.1, burst: 5 } }); // four calls, and the hub's connection
    stopClock();
    const wires = openTransports({ url: stack.url, tenantId: tenant.tenantId });
    const as = { bearer: await tenant.token("ada") };
    const codes = [];
    for (const name of ["rest", "trpc", "signalr", "rest", "trpc", "signalr", "rest"] as TransportName[])
      codes.push((await wires[name].call(listChats as unknown as Operation, {}, as)).code);
    expect(codes).toEqual([...Array(4).fill("ok"), ...Array(3).fill("rate_limited")]);
    await wires.signalr.close();
  });

  test("pays for calls that are refused, too", async () => {
    const tenant = await tenantWith({ user: { rate: 0.1, burst: 3 } });
    stopClock();
    expect(await statusesOf(4, tenant.as("ada"), "/admin/users")).toEqual([403, 403, 403, 429]);
  });

  test("may send a burst of fifty parallel calls, by the published rates", async () => {
    const tenant = await stack.tenant("published");
    const ada = tenant.as("ada");
    const answers = await Promise.all(Array.from({ length: 50 }, () => ada("GET", "/Chat")));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(answers[0]?.headers.get("ratelimit-policy")).toBe('"user";q=1000;w=10');
  });
});

test("a key is stopped by itself: the other key and the users go on", async () => {
  const tenant = await tenantWith({ key: { rate: 0.1, burst: 2 } });
  stopClock();
  const primary = tenant.key();
  const secondary = tenant.key({ "x-api-key": tenant.secondaryKey });
  const path = "/admin/users";
  const statuses = await statusesOf(3, primary, path);
  expect(statuses.at(-1)).toBe(429);
  expectLimited(await primary("GET", path), '"key";q=2;w=20');
  expect((await secondary("GET", path)).headers.get("ratelimit")).toBe('"key";r=1;t=10');
  // Acting as a user it is still that key.
  expect((await primary("GET", "/Chat", undefined, { "x-act-as-user": "ada" })).status).toBe(429);
  expect((await tenant.as("ada")("GET", "/Chat")).status).toBe(200);
});

test("a tenant is stopped as a whole, by what its users were let through; other tenants go on", async () => {
  const tenant = await tenantWith({ user: { rate: 0.1, burst: 2 }, tenant: { rate: 0.1, burst: 4 } });
  const other = await tenantWith({});
  stopClock();
  // Ten calls of a user that has two take two of the tenant's tokens.
  expect((await statusesOf(10, tenant.as("ada"))).filter((status) => status === 200).length).toBe(2);
  expect(await statusesOf(1, tenant.as("ben"))).toEqual([200]);
  expect(await statusesOf(1, tenant.as("cat"))).toEqual([200]);
  expectLimited(await tenant.as("dan")("GET", "/Chat"), '"tenant";q=4;w=40');
  expect((await other.as("ada")("GET", "/Chat")).status).toBe(200);
});

describe("an address", () => {
  test("takes none of the tenant's calls as a visitor", async () => {
    const tenant = await tenantWith({ tenant: { rate: 0.1, burst: 3 }, address: { rate: 0.1, burst: 1000 } });
    const visit = () => call(`${tenant.url}/demo`, "GET", undefined, {});
    for (let i = 0; i < 5; i++) expect((await visit()).status).toBe(404);
    expect((await tenant.as("ada")("GET", "/Chat")).status).toBe(200);
  });

  test("is stopped without a valid credential, on every transport; with one it passes", async () => {
    const tenant = await tenantWith({ address: { rate: 0.1, burst: 3 } });
    const other = await tenantWith({ address: { rate: 20, burst: 100 } });
    stopClock();
    const ada = tenant.as("ada");
    await other.as("ada")("GET", "/Chat");
    await ada("GET", "/Chat");
    const bad = (authorization: string) => call(`${tenant.url}/Chat`, "GET", undefined, { authorization });
    const statuses = [];
    for (const token of ["x", "y", "z"]) statuses.push((await bad(`Bearer ${token}`)).status);
    expect(statuses).toEqual([401, 401, 401]);
    expectLimited((await bad("Bearer x")) as TestAnswer, '"address";q=3;w=30');
    const wires = openTransports({ url: stack.url, tenantId: tenant.tenantId });
    for (const name of ["trpc", "signalr"] as TransportName[])
      expect(await wires[name].call(listUsers as unknown as Operation, {}, { bearer: "x" }), name).toMatchObject({
        code: "rate_limited",
        status: 429,
      });
    expect((await ada("GET", "/Chat")).status).toBe(200);
    expect((await tenant.key()("GET", "/admin/users")).status).toBe(200);
    // What one tenant allows is no matter of another's.
    const elsewhere = { authorization: "Bearer x" };
    expect((await call(`${other.url}/Chat`, "GET", undefined, elsewhere)).status).toBe(401);
  });
});

test("a connection that floods is closed; the same user's other connection goes on", async () => {
  const tenant = await tenantWith({ frames: { rate: 1, burst: 20 } });
  const token = await tenant.token("ada");
  const open = async () => {
    const connection = new HubConnectionBuilder()
      .withUrl(`${tenant.url}/hub`, { accessTokenFactory: () => token })
      .configureLogging(LogLevel.None)
      .build();
    await connection.start();
    return connection;
  };
  const [loud, calm] = [await open(), await open()];
  const closed = new Promise<Error | undefined>((resolve) => loud.onclose(resolve));
  // One after the other: the stock client puts what is sent at once into one frame.
  for (let i = 0; i < 50 && loud.state === HubConnectionState.Connected; i++) await loud.send("SendTyping", {});
  expect(String(await closed)).toContain("Too many frames");
  expect(await calm.invoke("ListChats", {})).toMatchObject({ data: [] });
  await calm.stop();
});

describe("sizes", () => {
  let ada: Caller;
  let chatId: string;
  beforeAll(async () => {
    const tenant = await stack.tenant("sized");
    ada = tenant.as("ada");
    chatId = (await ada<{ id: string }>("POST", "/Chat", { name: "Sized" })).body.id;
  });

  const text = (bytes: number) => "é".repeat(Math.floor(bytes / 2)) + "x".repeat(bytes % 2);
  const object = (bytes: number) => ({ a: "x".repeat(bytes - '{"a":""}'.length) });
  const users = (count: number) => Array.from({ length: count }, (_, i) => `user-${i}`);
  const cases: [string, number, (size: number) => [path: string, body: unknown], status: number, code: string][] = [
    ["bytes of a message", 16 * 1024, (n) => [`/Chat/${chatId}/messages`, { content: text(n) }], 201, "invalid"],
    [
      "bytes of metadata",
      8 * 1024,
      (n) => [`/Chat/${chatId}/messages`, { content: "x", metadata: object(n) }],
      201,
      "invalid",
    ],
    ["characters of a chat's name", 200, (n) => ["/Chat", { name: "é".repeat(n) }], 201, "invalid"],
    ["members a call", 1000, (n) => [`/Chat/${chatId}/members`, { userIds: users(n) }], 200, "invalid"],
    ["mentions", 50, (n) => [`/Chat/${chatId}/messages`, { content: "x", mentionUserIds: users(n) }], 201, "invalid"],
    ["bytes of a body", 256 * 1024, (n) => ["/Chat", object(n)], 201, "too_large"],
  ];
  test.each(cases)("%s: %i are taken, one more is not", async (_, size, make, status, code) => {
    const [path, body] = make(size);
    expect((await ada("POST", path, body)).status).toBe(status);
    const [, larger] = make(size + 1);
    expect(await ada("POST", path, larger)).toMatchObject({ status: code === "invalid" ? 400 : 413, body: { code } });
  });

  test("are the published ones", () => {
    expect(limits).toMatchObject({
      messageBytes: 16_384,
      metadataBytes: 8192,
      bodyBytes: 262_144,
      chatName: 200,
      membersPerCall: 1000,
    });
    expect(limits).toMatchObject({ frameBytes: 65_536, connectionsPerUser: 200, mentions: 50 });
  });
});
