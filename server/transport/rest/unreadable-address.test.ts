import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import replyFrom from "@fastify/reply-from";
import Fastify from "fastify";
import { expect, test } from "vitest";
import { sendProblem } from "./problem.ts";

/** The status of a request line as it is, which no client would send. */
async function statusOf(port: number, line: string): Promise<number> {
  const socket = connect(port, "127.0.0.1");
  socket.write(`${line} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n`);
  const [answer] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return Number(answer.toString().split(" ", 2)[1]);
}

test("an address that cannot be handed on to the pages is its sender's mistake", async () => {
  const pages = createServer((_request, response) => response.end()).listen(0, "127.0.0.1");
  await once(pages, "listening");
  const app = Fastify({ logger: false, forceCloseConnections: true });
  app.register(replyFrom);
  app.setErrorHandler(sendProblem);
  const upstream = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  app.setNotFoundHandler((request, reply) => reply.from(`${upstream}${request.raw.url}`));
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  expect(await statusOf(port, "GET /search?q=100%25")).toBe(200);
  expect(await statusOf(port, "GET /search?q=100%")).toBe(400);
  expect(await statusOf(port, "GET http://elsewhere.example/")).toBe(400);
  expect(await statusOf(port, "OPTIONS *")).toBe(400);
  await app.close();
  pages.close();
});
