import { once } from "node:events";
import {
  createTRPCClient,
  createWSClient,
  httpBatchLink,
  httpLink,
  type TRPCClient,
  TRPCClientError,
  wsLink,
} from "@trpc/client";
import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import type { AppRouter } from "./router.ts";

const openedAt = Date.now();
let stack: Stack;
let acme: TestTenant;
let globex: TestTenant;
let token: string;
/** A connection that says nothing but PONG. */
let quiet: { socket: WebSocket; heard: { text: string; at: number }[] };
/** An event stream on which nothing happens. */
let stream: { text: string; abort(): void };

beforeAll(async () => {
  stack = await startStack();
  [acme, globex] = await Promise.all([stack.tenant("acme"), stack.tenant("globex")]);
  token = await acme.token("ada");
  quiet = listenQuietly();
  stream = streamQuietly();
});
afterAll(async () => {
  quiet.socket.terminate();
  stream.abort();
  await stack.close();
});

function listenQuietly(): typeof quiet {
  const socket = new WebSocket(`${stack.url.replace("http", "ws")}/api/trpc`);
  const heard: (typeof quiet)["heard"] = [];
  socket.on("message", (data) => {
    heard.push({ text: String(data), at: Date.now() - openedAt });
    if (String(data) === "PING") socket.send("PONG");
  });
  return { socket, heard };
}

function streamQuietly(): typeof stream {
  const ends = new AbortController();
  const heard = { text: "", abort: () => ends.abort() };
  const params = encodeURIComponent(JSON.stringify({ token }));
  const read = async () => {
    const { body } = await fetch(`${stack.url}/api/trpc/events.subscribe?connectionParams=${params}`, ends);
    const decoder = new TextDecoder();
    for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) heard.text += decoder.decode(chunk);
  };
  read().catch((error: unknown) => {
    if (!ends.signal.aborted) throw error;
  });
  return heard;
}

interface Watched {
  trpc: TRPCClient<AppRouter>;
  requests: { url: string; status: number; headers: Headers }[];
}

/** A client over HTTP, and what went over the wire. */
function overHttp(headers: Record<string, string>, link: typeof httpLink = httpLink): Watched {
  const requests: Watched["requests"] = [];
  const trpc = createTRPCClient<AppRouter>({
    links: [
      link({
        url: `${stack.url}/api/trpc`,
        headers,
        fetch: async (url, options) => {
          const response = await fetch(url, options as RequestInit);
          requests.push({ url: String(url), status: response.status, headers: response.headers });
          return response;
        },
      }),
    ],
  });
  return { trpc, requests };
}

const asAda = (link?: typeof httpLink) => overHttp({ authorization: `Bearer ${token}` }, link);

async function failureOf(call: Promise<unknown>) {
  const error = await call.catch((error: unknown) => error);
  if (!(error instanceof TRPCClientError)) throw new Error(`It did not fail as it should: ${String(error)}`);
  return { message: error.message, ...(error as TRPCClientError<AppRouter>).data! };
}

describe("an error", () => {
  test("has the problem document in data.problem, its status as that of the answer, and one request id", async () => {
    const client = asAda();
    const failure = await failureOf(client.trpc.chats.create.mutate({ name: "x".repeat(201) }));
    const [request] = client.requests;
    expect(failure).toMatchObject({
      message: "invalid: The request is not valid",
      code: "BAD_REQUEST",
      httpStatus: 400,
      path: "chats.create",
      problem: { type: "/docs/errors/invalid", status: 400, code: "invalid", errors: { name: [expect.any(String)] } },
    });
    expect(request?.status).toBe(400);
    expect(request?.headers.get("x-request-id")).toBe(failure.problem.requestId);
    expect(failure).not.toHaveProperty("stack");
  });

  test.each([
    ["an unknown procedure", "GET", "chats.burn", undefined, "not_found", 404],
    ["a mutation by GET", "GET", "chats.create", undefined, "method_not_allowed", 405],
    ["a form", "POST", "chats.create", { "content-type": "application/x-www-form-urlencoded" }, "not_json", 415],
    [
      "a form with files",
      "POST",
      "chats.create",
      { "content-type": "multipart/form-data; boundary=x" },
      "not_json",
      415,
    ],
    ["a stream of bytes", "POST", "chats.create", { "content-type": "application/octet-stream" }, "not_json", 415],
    ["half a body", "POST", "chats.create", { "content-type": "application/json" }, "invalid", 400],
  ])("says of %s what it is", async (_, method, path, headers, code, status) => {
    const options = { method, headers: { authorization: `Bearer ${token}`, ...headers } };
    const response = await fetch(
      `${stack.url}/api/trpc/${path}`,
      method === "GET" ? options : { ...options, body: '{"name":' },
    );
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { data: { httpStatus: status, problem: { code, status } } } });
  });

  test("from before tRPC saw the request is one that its client reads", async () => {
    const failure = await failureOf(asAda().trpc.chats.create.mutate({ metadata: { a: "x".repeat(300 * 1024) } }));
    expect(failure).toMatchObject({ httpStatus: 413, problem: { code: "too_large" } });
  });

  test("of a limit carries the headers that say when to come back", async () => {
    const narrow = await stack.tenant("narrow");
    await narrow.key()("PATCH", "/admin/tenant", { settings: { rates: { user: { rate: 0.1, burst: 1 } } } });
    const client = overHttp({ authorization: `Bearer ${await narrow.token("ada")}` });
    await client.trpc.chats.list.query();
    expect(await failureOf(client.trpc.chats.list.query())).toMatchObject({ problem: { code: "rate_limited" } });
    const { headers, status } = client.requests.at(-1)!;
    expect(status).toBe(429);
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    expect(headers.get("ratelimit-policy")).toBe('"user";q=1;w=10');
  });
});

describe("a batch", () => {
  test("of fifty calls is one request, each with its own answer or error", async () => {
    const client = asAda(httpBatchLink as typeof httpLink);
    const calls = Array.from({ length: 50 }, (_, i) =>
      client.trpc.chats.create.mutate({
        name: i % 10 === 9 ? "x".repeat(300) : `chat ${i}`,
        idempotencyKey: `key ${i}`,
      }),
    );
    const answers = await Promise.allSettled(calls);
    const names = answers.map((answer) =>
      answer.status === "fulfilled" ? answer.value.name : answer.reason.data.problem.code,
    );
    expect(names).toEqual(Array.from({ length: 50 }, (_, i) => (i % 10 === 9 ? "invalid" : `chat ${i}`)));
    expect(client.requests.length).toBe(1);
    expect(client.requests[0]?.url.length).toBeGreaterThan(500);
  });

  test("of more calls than any page makes is refused as a whole", async () => {
    const client = asAda(httpBatchLink as typeof httpLink);
    const answers = await Promise.allSettled(Array.from({ length: 501 }, () => client.trpc.chats.list.query()));
    for (const answer of answers) expect(answer).toMatchObject({ reason: { data: { problem: { code: "invalid" } } } });
  });

  test("takes a token a call: it is no way around the limit", async () => {
    const narrow = await stack.tenant("narrow-batch");
    await narrow.key()("PATCH", "/admin/tenant", { settings: { rates: { user: { rate: 0.1, burst: 5 } } } });
    const client = overHttp({ authorization: `Bearer ${await narrow.token("ada")}` }, httpBatchLink as typeof httpLink);
    const answers = await Promise.allSettled(Array.from({ length: 20 }, () => client.trpc.chats.list.query()));
    expect(answers.filter(({ status }) => status === "fulfilled").length).toBe(5);
  });
});

test("a long query can be sent by POST", async () => {
  const link = ((options) => httpLink({ ...options, methodOverride: "POST" } as never)) as typeof httpLink;
  const userIds = Array.from({ length: 200 }, (_, i) => `${"u".repeat(100)}${i}`);
  expect(await asAda(link).trpc.presence.get.query({ userIds })).toEqual({ data: [] });
});

describe("the tenant", () => {
  test("is the token's own, whatever the header says", async () => {
    const client = overHttp({ authorization: `Bearer ${token}`, "x-tenant-id": "globex" });
    const chat = await client.trpc.chats.create.mutate({ name: "Whose?" });
    expect((await acme.as("ada")("GET", `/Chat/${chat.id}`)).status).toBe(200);
    expect((await globex.as("ada")("GET", `/Chat/${chat.id}`)).status).toBe(404);
  });

  test("is the header's for a token that names none, and no other tenant takes it", async () => {
    const secret = "a secret of an identity provider, 32+";
    await acme.key()("POST", "/admin/issuers", { kind: "hs256", name: "Portal", secret });
    const bare = await new SignJWT({ sub: "zoe" })
      .setProtectedHeader({ alg: "HS256" })
      .setIssuedAt()
      .setExpirationTime("1h")
      .sign(new TextEncoder().encode(secret));
    const at = (tenantId: string) =>
      overHttp({ authorization: `Bearer ${bare}`, "x-tenant-id": tenantId }).trpc.chats.list.query();
    expect(await at("acme")).toMatchObject({ totalCount: 0 });
    expect((await failureOf(at("globex"))).problem.code).toBe("unauthenticated");
    expect((await failureOf(at("nobody"))).problem.code).toBe("forbidden");
  });

  test("is the header's for a key, else the key's own, and never another", async () => {
    const at = (tenantId: string) => overHttp({ "x-api-key": acme.primaryKey, "x-tenant-id": tenantId });
    expect(await at("acme").trpc.tenants.get.query()).toMatchObject({ tenantId: "acme" });
    expect((await failureOf(at("globex").trpc.tenants.get.query())).problem.code).toBe("forbidden");
    expect(await overHttp({ "x-api-key": acme.primaryKey }).trpc.tenants.get.query()).toMatchObject({
      tenantId: "acme",
    });
  });

  test("is that of connectionParams over a WebSocket", async () => {
    const client = overSocket({ apiKey: acme.primaryKey, tenantId: "acme", actAsUser: "ada" });
    const chat = await client.trpc.chats.create.mutate({ name: "Over a socket" });
    expect((await acme.as("ada")("GET", `/Chat/${chat.id}`)).status).toBe(200);
    await client.close();
    const stranger = overSocket({ apiKey: acme.primaryKey, tenantId: "globex" });
    expect((await failureOf(stranger.trpc.tenants.get.query())).problem.code).toBe("forbidden");
    await stranger.close();
  });
});

function overSocket(params: Record<string, string>) {
  const socket = createWSClient({
    url: `${stack.url.replace("http", "ws")}/api/trpc`,
    WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
    connectionParams: params,
  });
  return { trpc: createTRPCClient<AppRouter>({ links: [wsLink({ client: socket })] }), close: () => socket.close() };
}

describe("a WebSocket", () => {
  test("carries queries and mutations, fifty at once, in whatever order they are done", async () => {
    const client = overSocket({ token });
    const made = await Promise.all(
      Array.from({ length: 50 }, (_, i) => client.trpc.chats.create.mutate({ name: `s ${i}` })),
    );
    expect(made.map(({ name }) => name)).toEqual(made.map((_, i) => `s ${i}`));
    const found = await Promise.all(made.map(({ id }) => client.trpc.chats.get.query({ chatId: id })));
    expect(found.map(({ id }) => id)).toEqual(made.map(({ id }) => id));
    await client.close();
  });

  const calls = Array.from({ length: 1000 }, (_, id) => ({ id, method: "query", params: { path: "x" } }));
  test.each([
    ["many frames", Array<string>(300).fill("PING")],
    ["frames of a thousand calls", Array<string>(30).fill(JSON.stringify(calls))],
  ])("that sends too much in %s is closed, and answers nothing more", async (_, frames) => {
    const socket = new WebSocket(`${stack.url.replace("http", "ws")}/api/trpc`);
    await once(socket, "open");
    const answers: string[] = [];
    socket.on("message", (data) => answers.push(String(data)));
    // Its budget fills by the clock, which stands: a slow machine answers no more than a fast one.
    vi.useFakeTimers({ toFake: ["Date"] });
    for (const frame of frames) socket.send(frame);
    const [code, reason] = await once(socket, "close").finally(vi.useRealTimers);
    expect([code, String(reason)]).toEqual([4429, "Too many frames"]);
    expect(answers.length).toBeLessThanOrEqual(9 * 1000);
  });

  test("that sends a frame of more than 256 KiB is closed", async () => {
    const socket = new WebSocket(`${stack.url.replace("http", "ws")}/api/trpc`);
    await once(socket, "open");
    socket.send("x".repeat(262_145));
    const [code] = await once(socket, "close");
    expect([1006, 1009]).toContain(code);
  });
});

describe("a connection on which nothing happens", () => {
  test("hears PING every 15 s over a WebSocket", async () => {
    await expect.poll(() => quiet.heard.length, { timeout: 35_000, interval: 100 }).toBeGreaterThan(0);
    expect(quiet.heard.map(({ text }) => text)).toEqual(["PING"]);
    expect(quiet.heard[0]?.at).toBeGreaterThan(14_000);
    expect(quiet.socket.readyState).toBe(WebSocket.OPEN);
  });

  test("hears a ping every 10 s over SSE, and is told how long a silence means that it is cut off", async () => {
    await expect.poll(() => stream.text, { timeout: 20_000, interval: 100 }).toContain("event: ping");
    expect(stream.text).toMatch(/^event: connected\ndata: \{"reconnectAfterInactivityMs":30000\}/);
  });
});
