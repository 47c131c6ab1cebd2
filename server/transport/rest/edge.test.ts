import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import Fastify from "fastify";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import type { Chat } from "../../domain/chats/schema.ts";
import { RawHubClient, refusedUpgrade } from "../../testing/hub-client.ts";
import { type Caller, call, type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { dressEdge } from "./edge.ts";

let stack: Stack;
let tenant: TestTenant;
let ada: Caller;
let chat: Chat;

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
  ada = tenant.as("ada");
  chat = (await ada<Chat>("POST", "/Chat", { memberUserIds: ["ben"] })).body;
});
afterAll(() => stack.close());

const setSettings = (settings: object, of = tenant) => of.key()("PATCH", "/admin/tenant", { settings });

describe("every answer", () => {
  test("carries a request id of its own", async () => {
    const answers = await Promise.all([ada("GET", "/Chat"), ada("GET", "/Chat/x"), ada("GET", "/nothing")]);
    const ids = answers.map(({ headers }) => headers.get("x-request-id"));
    expect(new Set(ids).size).toBe(3);
    expect(answers[1]?.body.requestId).toBe(ids[1]);
  });
});

describe("errors are problem documents", () => {
  const paths = { messages: () => `/Chat/${chat.id}/messages` };
  test.each<[string, number, string, () => Promise<{ status: number; headers: Headers; body: object }>]>([
    ["no credential", 401, "unauthenticated", () => call(`${tenant.url}/Chat`, "GET", undefined, {})],
    ["a bad token", 401, "unauthenticated", () => ada("GET", "/Chat", undefined, { authorization: "Bearer x.y.z" })],
    ["an unknown tenant", 403, "forbidden", () => call(`${stack.url}/tenant/none/v1/Chat`, "GET", undefined, ofAda)],
    ["an unknown address", 404, "not_found", () => ada("GET", "/Chats")],
    ["another version", 404, "not_found", () => call(`${stack.url}/tenant/acme/v2/Chat`, "GET", undefined, ofAda)],
    ["bad JSON", 400, "invalid", () => ada("POST", paths.messages(), '{"content": "x"')],
    ["a body that is no object", 400, "invalid", () => ada("POST", paths.messages(), '"x"')],
    ["bad UTF-8 in the address", 400, "invalid", () => ada("GET", "/Chat/%ff")],
    ["300 KiB", 413, "too_large", () => ada("POST", paths.messages(), { content: "x".repeat(300 * 1024) })],
    ["a form", 415, "not_json", () => ada("POST", paths.messages(), "content=x", { "content-type": form })],
    ["text", 415, "not_json", () => ada("POST", paths.messages(), '{"content":"x"}', { "content-type": "text/plain" })],
  ])("%s: %i %s", async (_name, status, code, ask) => {
    const { headers, body, ...answer } = await ask();
    expect(answer.status).toBe(status);
    expect(headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
    expect(headers.get("x-request-id")).toBeTruthy();
    expect(body).toMatchObject({
      type: `/docs/errors/${code}`,
      title: expect.any(String),
      status,
      code,
      instance: expect.stringMatching(/^\/tenant\//),
    });
    expect(headers.get("www-authenticate")).toBe(status === 401 ? "Bearer" : null);
  });
  const form = "application/x-www-form-urlencoded";
  let ofAda: Record<string, string>;
  beforeAll(async () => {
    ofAda = { authorization: `Bearer ${await tenant.token("ada")}` };
  });

  test("a 400 names each field that is wrong, with all that is wrong with it", async () => {
    const { body } = await ada("POST", paths.messages(), { metadata: [], mentionUserIds: [""] });
    expect(body.errors).toEqual({
      content: [expect.any(String)],
      metadata: [expect.any(String)],
      "mentionUserIds.0": [expect.any(String)],
    });
  });

  test.each([
    ["DELETE", "/Chat", "POST, GET, HEAD, OPTIONS"],
    ["PUT", "/chat/x", "GET, HEAD, PATCH, DELETE, OPTIONS"],
    ["GET", "/Chat/x/read", "PUT, OPTIONS"],
    ["PATCH", "/Chat/x/members/y", undefined],
  ])("405 for %s %s, saying what is allowed", async (method, path, allow) => {
    const { status, headers, body } = await ada(method, path);
    if (allow === undefined) return expect(status).not.toBe(405);
    expect({ status, code: body.code }).toEqual({ status: 405, code: "method_not_allowed" });
    expect(headers.get("allow")?.split(", ").sort()).toEqual(allow.split(", ").sort());
  });

  test("OPTIONS of a program says what an address takes, and is 404 where there is none", async () => {
    const ask = (path: string) => call(`${tenant.url}${path}`, "OPTIONS", undefined, {});
    const { status, headers } = await ask("/chat/x/Read?y");
    expect({ status, allow: headers.get("allow") }).toEqual({ status: 204, allow: "PUT, OPTIONS" });
    expect((await ask("/nothing")).status).toBe(404);
  });

  test("headers that are too large are 431, the same way", async () => {
    const answer = await raw(`GET /tenant/acme/v1/Chat HTTP/1.1\r\nHost: x\r\nX-Long: ${"x".repeat(20_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
    expect(answer).toMatch(/\r\ncontent-type: application\/problem\+json/i);
    expect(answer).toMatch(/\r\nx-request-id: \S+/i);
    expect(JSON.parse(answer.split("\r\n\r\n")[1] ?? "")).toMatchObject({ status: 431, code: "headers_too_large" });
  });

  test("what is no HTTP is 400, the same way", async () => {
    const answer = await raw("GET /tenant/acme/v1/Chat HTTP/1.1\r\nBad Header: x\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(JSON.parse(answer.split("\r\n\r\n")[1] ?? "")).toMatchObject({ status: 400, code: "invalid" });
  });

  async function raw(bytes: string): Promise<string> {
    const socket = connect(stack.api.port, "127.0.0.1").setEncoding("utf8");
    socket.write(bytes);
    let text = "";
    socket.on("data", (chunk) => (text += chunk));
    await once(socket, "close");
    return text;
  }
});

describe("browsers", () => {
  const origin = "https://app.example.com";
  const preflight = (path: string, headers: Record<string, string>) =>
    call(`${stack.url}/tenant/acme${path}`, "OPTIONS", undefined, {
      origin,
      "access-control-request-method": "POST",
      ...headers,
    });

  test.each(["/v1/Chat", "/V1.0/chat/x/Messages/", "/v1/hub/negotiate?negotiateVersion=1", "/v1/events"])(
    "may ask before they call %s",
    async (path) => {
      const asked = "authorization,content-type,idempotency-key,x-requested-with,x-signalr-user-agent";
      const { status, headers } = await preflight(path, { "access-control-request-headers": asked });
      expect([200, 204]).toContain(status);
      expect(headers.get("access-control-allow-origin")).toBe(origin);
      expect(headers.get("access-control-allow-credentials")).toBe("true");
      expect(headers.get("vary")).toMatch(/origin/i);
      const allowed = headers.get("access-control-allow-headers")?.toLowerCase().split(/, ?/);
      expect(allowed).toEqual(expect.arrayContaining(asked.split(",")));
      const methods = headers.get("access-control-allow-methods")?.split(/, ?/);
      expect(methods).toEqual(expect.arrayContaining(["GET", "POST", "PUT", "PATCH", "DELETE"]));
    },
  );

  test("of allowed origins get the exact origin back, on errors too, and may read our headers", async () => {
    for (const [path, status] of [
      ["/Chat", 200],
      ["/Chat/x", 404],
      ["/nothing", 404],
      ["/Chat?limit=x", 400],
    ] as const) {
      const { headers, ...answer } = await ada("GET", path, undefined, { origin });
      expect(answer.status).toBe(status);
      expect(headers.get("access-control-allow-origin")).toBe(origin);
      expect(headers.get("access-control-allow-credentials")).toBe("true");
      expect(headers.get("access-control-expose-headers")).toMatch(/X-Event-Cursor/i);
    }
  });

  test("may see that a node is shutting down, and when to come back", async () => {
    const app = Fastify();
    dressEdge(app, stack.api.services, () => true);
    app.get("/tenant/:tenantId/v1/Chat", () => "unreachable");
    for (const url of ["/tenant/acme/v1/Chat", "/tenant/acme/v1/nothing"]) {
      const { statusCode, headers, body } = await app.inject({ url, headers: { origin } });
      expect({ statusCode, code: JSON.parse(body).code }).toEqual({ statusCode: 503, code: "unavailable" });
      expect(headers).toMatchObject({ "retry-after": "1", "access-control-allow-origin": origin });
    }
    await app.close();
  });

  test("of other origins, and of other tenants' origins, get nothing", async () => {
    const closed = await stack.tenant("closed");
    await setSettings({ allowedOrigins: [origin] }, closed);
    const ofOther = { origin: "https://evil.example.com", "access-control-request-method": "POST" };
    for (const method of ["OPTIONS", "GET"]) {
      const { headers } = await call(`${closed.url}/Chat`, method, undefined, ofOther);
      expect(headers.get("access-control-allow-origin")).toBeNull();
    }
    const { headers } = await call(`${closed.url}/Chat`, "OPTIONS", undefined, { ...ofOther, origin });
    expect(headers.get("access-control-allow-origin")).toBe(origin);
  });

  test("gain nothing by a cookie: it is no credential here", async () => {
    const cookie = `token=${await tenant.token("ada")}; next-auth.session-token=x`;
    expect((await call(`${tenant.url}/Chat`, "GET", undefined, { cookie })).status).toBe(401);
  });
});

describe("rates", () => {
  const rates = (names: string[], rate = 0.1, burst = 3) => ({
    rates: Object.fromEntries(names.map((name) => [name, { rate, burst }])),
  });

  test("are the contract's: a user 100 a second with 1,000 at once, a key 1,000 with 5,000", async () => {
    const user = await tenant.as("una")("GET", "/Chat");
    expect(user.headers.get("ratelimit-policy")).toBe('"user";q=1000;w=10');
    expect(user.headers.get("ratelimit")).toMatch(/^"user";r=999;t=\d+$/);
    const key = await tenant.key()("GET", "/admin/tenant");
    expect(key.headers.get("ratelimit-policy")).toBe('"key";q=5000;w=5');
  });

  test("let 50 parallel calls of one tab pass", async () => {
    const calls = Array.from({ length: 50 }, (_, i) => ada("PUT", `/Chat/${chat.id}/read`, { seq: i }));
    const statuses = (await Promise.all(calls)).map(({ status }) => status);
    expect(statuses).toEqual(Array(50).fill(200));
  });

  test("of a user: 429 with Retry-After once they are used up, for that user alone", async () => {
    const slow = await stack.tenant("slow");
    await setSettings(rates(["user"]), slow);
    const una = slow.as("una");
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await una("GET", "/Chat")).status);
    expect(statuses).toEqual([200, 200, 200]);
    const { status, headers, body } = await una("POST", "/Chat", {});
    expect({ status, code: body.code }).toEqual({ status: 429, code: "rate_limited" });
    expect(Number(headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    expect(headers.get("ratelimit")).toMatch(/^"user";r=0;t=\d+$/);
    expect(headers.get("ratelimit-policy")).toMatch(/^"user";q=3;w=\d+$/);
    const other = await slow.as("vic")<{ totalCount: number }>("GET", "/Chat");
    expect(other.status).toBe(200);
  });

  test("of a user: opening a connection counts as a call does, whatever it is opened by", async () => {
    const churn = await stack.tenant("churn");
    await setSettings(rates(["user"], 0.1, 5), churn);
    const token = await churn.token("una");
    vi.useFakeTimers({ toFake: ["Date"] }); // in ten seconds there would be one more
    onTestFinished(() => void vi.useRealTimers());
    const bearer = { authorization: `Bearer ${token}` };
    const negotiate = () => fetch(`${churn.url}/hub/negotiate?negotiateVersion=1`, { method: "POST", headers: bearer });
    const stream = () => fetch(`${churn.url}/events`, { headers: { ...bearer, accept: "text/event-stream" } });
    const subscribe = () => fetch(`${stack.url}/api/trpc/events.subscribe`, { headers: bearer });
    const [negotiated, streaming, subscribed] = [await negotiate(), await stream(), await subscribe()];
    expect([negotiated.status, streaming.status]).toEqual([200, 200]);
    expect(await firstOf(subscribed)).toContain("event: connected");
    const hub = await RawHubClient.open(`${churn.url}/hub`, token);
    const events = (invocationId: string) => ({ type: 4, invocationId, target: "SubscribeEvents", arguments: [] });
    hub.send(events("first"), events("second"));
    expect((await hub.completion("second")).error).toBe("rate_limited: Too many calls");
    hub.send({ type: 5, invocationId: "first" });
    expect((await hub.completion("first")).error).toBeUndefined();
    const [late, closed, said] = [await negotiate(), await stream(), await subscribe()];
    expect([late.status, closed.status]).toEqual([429, 429]);
    expect(Number(late.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    expect(await said.text()).toContain("rate_limited");
    expect((await refusedUpgrade(`${churn.url}/hub?access_token=${token}`)).status).toBe(429);
    expect((await churn.as("vic")("GET", "/Chat")).status).toBe(200);
    hub.socket.terminate();
    await streaming.body?.cancel();
  });

  test("of a tenant: its other users wait, other tenants do not", async () => {
    const full = await stack.tenant("full");
    await setSettings(rates(["tenant"]), full);
    const statuses = [];
    for (const user of ["a", "b", "c", "d", "e"]) statuses.push((await full.as(user)("GET", "/Chat")).status);
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(3);
    expect(statuses.at(-1)).toBe(429);
    expect((await ada("GET", "/Chat")).status).toBe(200);
  });

  test("of an address without a valid credential, while those with one pass", async () => {
    const guarded = await stack.tenant("guarded");
    await setSettings(rates(["address"]), guarded);
    const statuses = [];
    for (let i = 0; i < 6; i++)
      statuses.push((await call(`${guarded.url}/Chat`, "GET", undefined, { authorization: "Bearer no" })).status);
    expect(statuses[0]).toBe(401);
    expect(statuses.at(-1)).toBe(429);
    expect((await guarded.as("una")("GET", "/Chat")).status).toBe(200);
  });
});

/** The beginning of a stream, which is then let go. */
async function firstOf({ body }: Response): Promise<string> {
  const reader = body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  await reader?.cancel();
  return new TextDecoder().decode(value);
}

test("a request that waits to be asked on gets its 100 first", async () => {
  const body = JSON.stringify({ content: "after you" });
  const headers = {
    authorization: `Bearer ${await tenant.token("ada")}`,
    "content-type": "application/json",
    "content-length": String(body.length),
    expect: "100-continue",
  };
  const call = request(`${tenant.url}/Chat/${chat.id}/messages`, { method: "POST", headers });
  call.flushHeaders();
  await once(call, "continue");
  call.end(body);
  const [response] = await once(call, "response");
  expect(response.statusCode).toBe(201);
  response.resume();
});
