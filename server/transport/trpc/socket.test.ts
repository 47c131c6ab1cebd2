import { once } from "node:events";
import { createTRPCClient, createWSClient, wsLink } from "@trpc/client";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import type { LiveConnection } from "../../realtime/live-connection.ts";
import { limits } from "../../schema.ts";
import { type CutProxy, openCutProxy } from "../../testing/cut-proxy.ts";
import { eventually, refusedUpgrade } from "../../testing/hub-client.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { overWebSocket } from "../../testing/trpc-listener.ts";
import type { AppRouter } from "./router.ts";

let stack: Stack;
let acme: TestTenant;
let balancer: CutProxy;
let chatId: string;

beforeAll(async () => {
  stack = await startStack();
  acme = await stack.tenant("acme");
  balancer = await openCutProxy(stack.url);
  chatId = (await acme.as("ada")<{ id: string }>("POST", "/Chat", { memberUserIds: ["bob"] })).body.id;
});
afterAll(async () => {
  await balancer.close();
  await stack.close();
});

const say = (content: string) => acme.as("ada")("POST", `/Chat/${chatId}/messages`, { content });

test("a node that ends tells its clients to move, and goes on serving them until they have", async () => {
  const leaving = await stack.another();
  const token = await acme.token("bob");
  const idle = new WebSocket(`${leaving.url.replace("http", "ws")}/api/trpc`);
  const words: string[] = [];
  idle.on("message", (data) => words.push(String(data)));
  await once(idle, "open");
  balancer.pointTo(leaving.url);
  const moving = overWebSocket(balancer.url, () => ({ token }));
  const listening = moving.listen({ kinds: ["message.created"] });
  await listening.started;
  await say("before");
  await listening.until(1);
  const stuck = overWebSocket(leaving.url, () => ({ token }));
  const subscribe = { id: 1, method: "subscription", params: { path: "events.subscribe", input: {} } };
  const staying = new WebSocket(`${leaving.url.replace("http", "ws")}/api/trpc?connectionParams=1`);
  const heard: string[] = [];
  staying.on("message", (data) => heard.push(String(data)));
  await once(staying, "open");
  staying.send(JSON.stringify({ method: "connectionParams", data: { token } }));
  staying.send(JSON.stringify(subscribe));
  await eventually(() => expect(heard.at(-1)).toContain('"started"'));
  stuck.close();

  balancer.pointTo(stack.url);
  const closed = once(staying, "close");
  // The two seconds of who stays pass when the test says so, however long anything takes.
  vi.useFakeTimers({ toFake: ["Date"] });
  const closing = leaving.api.close();
  while (!words.includes('{"id":null,"method":"reconnect"}')) await new Promise(setImmediate);
  idle.close();
  await say("meanwhile");
  // One that has not moved has it too, and is ended in the end.
  while (!heard.at(-1)?.includes("meanwhile") || listening.got.length < 2) await new Promise(setImmediate);
  expect(staying.readyState).toBe(WebSocket.OPEN);
  vi.setSystemTime(Date.now() + 2000);
  expect((await closed)[0]).toBe(1001);
  vi.useRealTimers();
  await closing;
  await say("after");
  await listening.until(3);
  expect(listening.texts()).toEqual(["before", "meanwhile", "after"]);
  expect(listening.error).toBeUndefined();
  moving.close();
});

test("a client that does not read what it asked for is cut off", async () => {
  const contents = Array.from({ length: 10 }, () => "x".repeat(16_000));
  await Promise.all(contents.map(say));
  const token = await acme.token("bob");
  const socket = new WebSocket(`${stack.url.replace("http", "ws")}/api/trpc?connectionParams=1`);
  let answers = 0;
  socket.on("message", () => answers++);
  await once(socket, "open");
  const closed = once(socket, "close");
  const asked = 200;
  socket.send(JSON.stringify({ method: "connectionParams", data: { token } }));
  socket.pause();
  const params = { path: "messages.list", input: { chatId, limit: 10 } };
  const list = (id: number) => ({ id, method: "query", params });
  for (let id = 0; id < asked; id += 50)
    socket.send(JSON.stringify(Array.from({ length: 50 }, (_, index) => list(id + index))));
  // It reads on when all has been answered, had anybody taken it.
  const other = overWebSocket(stack.url, () => ({ token }));
  const { started, until } = other.listen({ kinds: ["message.created"] });
  await started;
  await say("later");
  await until(1);
  other.close();
  socket.resume();
  expect((await closed)[0]).toBe(1006);
  expect(answers).toBeLessThan(asked);
});

test("after 15 s of silence a client is pinged, and cut off when it has not answered in 10 s", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const open = async (answers: boolean) => {
    const socket = new WebSocket(`${stack.url.replace("http", "ws")}/api/trpc`);
    const heard: string[] = [];
    socket.on("message", (data) => {
      heard.push(String(data));
      if (String(data) !== "PING" || !answers) return;
      socket.send("PONG");
      socket.send('{"id":7,"method":"query","params":{"path":"nothing.here"}}'); // its answer says that the node has read it
    });
    await once(socket, "open");
    return { socket, heard, closed: once(socket, "close") };
  };
  const [alive, dead] = [await open(true), await open(false)];
  await vi.advanceTimersByTimeAsync(14_999);
  expect([alive.heard, dead.heard]).toEqual([[], []]);
  await vi.advanceTimersByTimeAsync(1);
  while (alive.heard.length < 2 || dead.heard.length < 1) await new Promise(setImmediate);
  expect([alive.heard[0], dead.heard]).toEqual(["PING", ["PING"]]);
  await vi.advanceTimersByTimeAsync(9_999);
  expect(dead.socket.readyState).toBe(WebSocket.OPEN);
  await vi.advanceTimersByTimeAsync(1);
  expect((await dead.closed)[0]).toBe(1006);
  vi.useRealTimers();
  expect(alive.socket.readyState).toBe(WebSocket.OPEN);
  alive.socket.close();
});

test("a frame that cannot be read is answered with -32700 and without an id, and the connection goes on", async () => {
  const socket = new WebSocket(`${stack.url.replace("http", "ws")}/api/trpc`);
  const words: { id: unknown; error?: { code: number } }[] = [];
  socket.on("message", (data) => words.push(JSON.parse(String(data))));
  await once(socket, "open");
  socket.send("{");
  socket.send('{"id":7,"method":"query","params":{"path":"nothing.here"}}');
  await eventually(() =>
    expect(words.map(({ id, error }) => [id, error?.code])).toEqual([
      [null, -32700],
      [7, -32004],
    ]),
  );
  socket.close();
});

test("sixty sends of 1.5 kB at once, which the stock client joins into one frame, are all done", async () => {
  const params = { token: await acme.token("ada") };
  const socket = createWSClient({
    url: `${stack.url.replace("http", "ws")}/api/trpc`,
    WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
    connectionParams: params,
  });
  const trpc = createTRPCClient<AppRouter>({ links: [wsLink({ client: socket })] });
  const chat = await trpc.chats.create.mutate({ name: "Joined" });
  const message = { chatId: chat.id, content: "x".repeat(1500) };
  const sent = await Promise.all(Array.from({ length: 60 }, () => trpc.messages.send.mutate(message)));
  expect(sent.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(sent.map((_, i) => i + 1));
  await socket.close();
});

test("an address holds a thousand sockets that show nothing; one that shows a token makes room", async () => {
  const node = await stack.another();
  const address = `${node.url.replace("http", "ws")}/api/trpc?connectionParams=1`;
  const knock = async () => {
    const socket = new WebSocket(address);
    socket.on("error", () => {});
    const opened = once(socket, "open").then(() => 101);
    const refused = once(socket, "unexpected-response").then(([, response]) => response.statusCode as number);
    return { socket, status: await Promise.race([opened, refused]) };
  };
  const held: Awaited<ReturnType<typeof knock>>[] = [];
  while (held.length < limits.anonymousPerAddress) held.push(...(await Promise.all(Array.from({ length: 50 }, knock))));
  expect(held.every(({ status }) => status === 101)).toBe(true);
  expect((await refusedUpgrade(address)).headers).toMatchObject({
    "retry-after": "10",
    ratelimit: '"connections";r=0;t=10',
    "x-request-id": expect.any(String),
  });
  const [first] = held;
  first?.socket.send(JSON.stringify({ method: "connectionParams", data: { token: await acme.token("bob") } }));
  first?.socket.send('{"id":1,"method":"query","params":{"path":"chats.list"}}');
  const [answer] = first ? await once(first.socket, "message") : [];
  expect(String(answer)).toContain('"result"');
  expect((await knock()).status).toBe(101);
  expect((await knock()).status).toBe(429);
  for (const { socket } of held) socket.terminate();
  await node.api.close();
});

test("a subscription that is stopped before it has started is over when it has, and another of the socket goes on", async () => {
  const socket = new WebSocket(`${stack.url.replace("http", "ws")}/api/trpc?connectionParams=1`);
  const heard: string[] = [];
  socket.on("message", (data) => heard.push(String(data)));
  await once(socket, "open");
  socket.send(JSON.stringify({ method: "connectionParams", data: { token: await acme.token("hasty") } }));
  const subscribe = (id: number) => ({ id, method: "subscription", params: { path: "events.subscribe", input: {} } });
  const told = (id: number, type: string) => `{"id":${id},"result":{"type":"${type}"}}`;
  socket.send(JSON.stringify([subscribe(1), subscribe(2), { id: 1, method: "subscription.stop" }]));
  await eventually(() => expect(heard).toContain(told(1, "stopped")));
  await eventually(() => expect(heard).toContain(told(2, "started")));
  const isHasty = ({ principal }: LiveConnection) => principal.userId === "hasty";
  const open = () => stack.api.realtime.connectionsOf(acme.tenantId).filter(isHasty);
  await eventually(() => expect(open()).toHaveLength(1));
  socket.send(JSON.stringify({ id: 2, method: "subscription.stop" }));
  await eventually(() => expect(heard).toContain(told(2, "stopped")));
  socket.terminate();
});

test("a user holds two hundred sockets; one more is told so, and ended", async () => {
  const token = await acme.token("many");
  const enter = async () => {
    const socket = new WebSocket(`${stack.url.replace("http", "ws")}/api/trpc?connectionParams=1`);
    const closed = once(socket, "close");
    await once(socket, "open");
    socket.send(JSON.stringify({ method: "connectionParams", data: { token } }));
    socket.send('{"id":1,"method":"query","params":{"path":"chats.list"}}');
    const [answer] = await once(socket, "message");
    return { socket, closed, answer: String(answer) };
  };
  const held: Awaited<ReturnType<typeof enter>>[] = [];
  while (held.length < limits.connectionsPerUser) held.push(...(await Promise.all(Array.from({ length: 50 }, enter))));
  expect(held.filter(({ answer }) => !answer.includes('"result"'))).toEqual([]);
  const [first] = held;
  const extra = await enter();
  expect(extra.answer).toContain("Too many connections of this user");
  expect((await extra.closed)[0]).toBe(4429);
  first?.socket.close();
  await first?.closed;
  await eventually(async () => {
    const again = await enter();
    again.socket.terminate();
    expect(again.answer).toContain('"result"');
  });
  for (const { socket } of held) socket.terminate();
});
