import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import Fastify from "fastify";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Stack, startStack } from "../../testing/stack.ts";
import { registerPages } from "./pages.ts";
import { sendProblem } from "./problem.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** In the place of Next: a page of `/held` comes when it is told to, any other at once. */
async function startPages(bounds?: Parameters<typeof registerPages>[3], trustProxy = true) {
  const held: { path: string; response: ServerResponse }[] = [];
  const answers: Record<string, (request: IncomingMessage, response: ServerResponse) => unknown> = {
    "/held": ({ url = "" }, response) => held.push({ path: url, response }),
    "/broken": ({ socket }) => socket.destroy(),
    "/busy": (_request, response) => response.writeHead(503, { "retry-after": "1" }).end("busy"),
  };
  let asked = 0;
  const pages = createServer((request, response) => {
    asked++;
    const answer = answers[request.url?.split("?", 1)[0] ?? ""];
    if (answer) answer(request, response);
    else response.end("here");
  }).listen(0, "127.0.0.1");
  await once(pages, "listening");
  const warnings: string[] = [];
  const stream = { write: (line: string) => void warnings.push(line) };
  const app = Fastify({ forceCloseConnections: true, trustProxy, logger: { level: "warn", stream } });
  app.setErrorHandler(sendProblem);
  const upstream = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  registerPages(app, stack.api.services, { url: () => upstream }, bounds);
  await app.listen({ port: 0, host: "127.0.0.1" });
  ends.push(
    () => pages.close(),
    () => app.close(),
    () => pages.closeAllConnections(),
  );
  const { port } = app.server.address() as AddressInfo;
  const look = (path: string, from: string) =>
    fetch(`http://127.0.0.1:${port}${path}`, { headers: { "x-forwarded-for": from } });
  return { port, look, held, asked: () => asked, warnings };
}

/** Asks so many times over one connection, and reads nothing. */
function ask(port: number, path: string, from: string, times = 1): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write(`GET ${path} HTTP/1.1\r\nHost: here\r\nX-Forwarded-For: ${from}\r\n\r\n`.repeat(times));
  ends.push(() => socket.destroy());
  return socket;
}

test("an address that holds all it may keeps nobody else from a page, whichever address of its network it asks from", async () => {
  const { port, look, held } = await startPages();
  for (let i = 0; i < 7; i++) ask(port, "/held", `2001:db8:0:1::${i}`, 10);
  await expect.poll(() => held.length).toBe(16);
  expect(await (await look("/", "192.0.2.1")).text()).toBe("here");
  expect(held).toHaveLength(16);
  // What waited has its turn when it comes.
  while (held.length > 0) held.shift()?.response.end();
  await expect.poll(() => held.length).toBe(16);
});

test("a page that would wait too long is refused, and says when to come back", async () => {
  const { port, look, held } = await startPages({ all: 2, each: 1, waitMs: 100 });
  ask(port, "/held", "192.0.2.1");
  await expect.poll(() => held.length).toBe(1);
  const behindOwn = await look("/", "192.0.2.1");
  expect([behindOwn.status, behindOwn.headers.get("retry-after")]).toEqual([503, "2"]);
  expect(await behindOwn.json()).toMatchObject({ code: "unavailable" });
  ask(port, "/held", "192.0.2.2");
  await expect.poll(() => held.length).toBe(2);
  expect((await look("/", "192.0.2.3")).status).toBe(503);
  // Who was refused has left no trace, and what is long under way is not cut off.
  held.pop()?.response.end();
  await expect.poll(async () => (await look("/", "192.0.2.3")).status).toBe(200);
  expect(held[0]?.response.destroyed).toBe(false);
});

test.each([
  { proxy: "is not trusted", trustProxy: false, times: 1 },
  { proxy: "is trusted", trustProxy: true, times: 0 },
])("refusals behind a proxy that $proxy name the setting so many times: $times", async ({ trustProxy, times }) => {
  const { port, look, held, warnings } = await startPages({ all: 2, each: 1, waitMs: 100 }, trustProxy);
  ask(port, "/held", "192.0.2.1");
  await expect.poll(() => held.length).toBe(1);
  for (let i = 0; i < 2; i++) expect((await look("/", "192.0.2.1")).status).toBe(503);
  expect(warnings.filter((line) => line.includes("TRUST_PROXY"))).toHaveLength(times);
});

test("who goes away while a page waits is passed over", async () => {
  const { port, look, held, asked } = await startPages({ all: 1, each: 1, waitMs: 20_000 });
  ask(port, "/held", "192.0.2.1");
  await expect.poll(() => held.length).toBe(1);
  const leaving = ask(port, "/", "192.0.2.2");
  const staying = look("/", "192.0.2.3");
  await once(leaving, "connect");
  await look("/tenant/", "192.0.2.2"); // what was sent before has been read by now
  leaving.destroy();
  await once(leaving, "close");
  await look("/tenant/", "192.0.2.2");
  held.pop()?.response.end();
  expect((await staying).status).toBe(200);
  expect(asked()).toBe(2);
});

test("a place is free again after a page that failed, that nobody waited for, or that has no address", async () => {
  const { port, look, held } = await startPages({ all: 1, each: 1, waitMs: 20_000 });
  expect((await look("/broken", "192.0.2.1")).status).toBe(500);
  await once(ask(port, "*", "192.0.2.1"), "data");
  const gone = ask(port, "/held", "192.0.2.1");
  await expect.poll(() => held.length).toBe(1);
  gone.destroy();
  held.pop()?.response.end();
  expect((await look("/", "192.0.2.1")).status).toBe(200);
});

test("a page that is busy itself is asked once, and says so in its own words", async () => {
  const { look, asked } = await startPages();
  const answer = await look("/busy", "192.0.2.1");
  expect([answer.status, answer.headers.get("retry-after"), await answer.text()]).toEqual([503, "1", "busy"]);
  expect(asked()).toBe(1);
});
