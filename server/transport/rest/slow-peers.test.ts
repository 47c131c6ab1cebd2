import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import replyFrom from "@fastify/reply-from";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, expect, test } from "vitest";
import { keepBodies } from "./body.ts";
import { refuseUnreadable } from "./problem.ts";
import { arrival, boundPipelines, dropUnread } from "./slow-peers.ts";

const large = Buffer.alloc(32 * 1024 * 1024, "x");
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function listen(app: FastifyInstance): Promise<number> {
  await app.listen({ port: 0, host: "127.0.0.1" });
  ends.push(() => app.close());
  return (app.server.address() as AddressInfo).port;
}

function ask(port: number, path: string, times = 1): Socket {
  const socket = connect(port, "127.0.0.1").pause();
  socket.on("error", () => {});
  socket.write(`GET ${path} HTTP/1.1\r\nHost: here\r\n\r\n`.repeat(times));
  ends.push(() => socket.destroy());
  return socket;
}

test("a body that does not come is answered, and its connection closed", async () => {
  const app = Fastify({ ...arrival(200), clientErrorHandler: refuseUnreadable }) as unknown as FastifyInstance;
  keepBodies(app);
  app.post("/", async () => ({}));
  const port = await listen(app);
  // Node takes the shorter one of both for the headers.
  app.server.headersTimeout = 200;
  const socket = connect(port, "127.0.0.1").setEncoding("utf8");
  let said = "";
  socket.on("data", (text) => (said += text));
  socket.write("POST / HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{");
  await once(socket, "close");
  expect(said).toMatch(/^HTTP\/1.1 408 .*"The request took too long to arrive"/s);
});

test("an answer that nobody reads is given up; one that comes late is not", async () => {
  const app = Fastify({ forceCloseConnections: true });
  dropUnread(app, 100);
  const answers: ServerResponse[] = [];
  app.addHook("onRequest", async (_request, reply) => void answers.push(reply.raw));
  app.get("/large", async () => large);
  let sayMore = (_text: string) => {};
  const late = new Promise<string>((resolve) => {
    sayMore = resolve;
  });
  const body = new ReadableStream({
    async start(to) {
      to.enqueue(Buffer.from("first, "));
      to.enqueue(Buffer.from(await late));
      to.close();
    },
  });
  app.get("/late", (_request, reply) => reply.send(body));
  const port = await listen(app);
  const waiting = await fetch(`http://127.0.0.1:${port}/late`);
  ask(port, "/large");
  await expect.poll(() => answers[1]?.destroyed && answers[1].errored === null).toBe(true);
  sayMore("second");
  expect(await waiting.text()).toBe("first, second");
});

/** A proxy before pages that are large, and how many of them are under way. */
async function startPages() {
  const underWay = new Set<ServerResponse>();
  const pages = createServer((_request, response) => {
    underWay.add(response);
    response.once("close", () => underWay.delete(response)).end(large);
  }).listen(0, "127.0.0.1");
  await once(pages, "listening");
  ends.push(() => pages.close());
  const app = Fastify({ forceCloseConnections: true });
  boundPipelines(app);
  app.register(replyFrom);
  const upstream = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  app.setNotFoundHandler((request, reply) => reply.from(`${upstream}${request.raw.url}`));
  return { port: await listen(app), underWay };
}

test("a connection that asks for a hundred pages at once gets none of them", async () => {
  const { port, underWay } = await startPages();
  await once(ask(port, "/asset", 100).resume(), "close");
  await expect.poll(() => underWay.size).toBe(0);
});

test("what waits behind an answer ends with its connection", async () => {
  const { port, underWay } = await startPages();
  const socket = ask(port, "/asset", 8);
  await expect.poll(() => underWay.size).toBe(8);
  socket.destroy();
  await expect.poll(() => underWay.size).toBe(0);
});
