import { once } from "node:events";
import { createServer, IncomingMessage } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer, Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { eventually, refusedUpgrade } from "../testing/hub-client.ts";
import { boundConnect, pipeUpgrade, routeUpgrades } from "./upgrade.ts";

test("a socket that is refused is closed, though its peer keeps its own end open", async () => {
  const server = createServer();
  const unwanted = () => {
    throw new Error("of no protocol");
  };
  const none = { pages: () => undefined, draining: () => false, onError: unwanted };
  routeUpgrades(server, { hub: unwanted, trpc: unwanted, pusher: unwanted, ...none });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const peer = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", allowHalfOpen: true });
  peer.on("error", () => {});
  peer.write("GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  let answer = "";
  peer.setEncoding("utf8").on("data", (text) => {
    answer += text;
  });
  await once(peer, "end");
  expect(answer).toMatch(/^HTTP\/1\.1 404 Not Found\r\n(.+\r\n)*X-Request-Id: [0-9a-f-]{36}\r\n/);
  const open = () => new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
  await eventually(async () => expect(await open()).toBe(0));
  peer.destroy();
  server.close();
});

test.each([
  ["a path", "/nowhere", 404],
  ["a whole address", "http://parley.example/nowhere", 404],
  ["a path that looks like another host", "/\\nowhere.example/x", 404],
  ["a host longer than any", `http://${"%E4%B8%80".repeat(1000)}/nowhere`, 400],
  ["neither", "nowhere", 400],
])("an upgrade of %s is answered", async (_what, address, status) => {
  const server = createServer();
  const unwanted = () => {
    throw new Error("of no protocol");
  };
  const none = { pages: () => undefined, draining: () => false, onError: () => {} };
  routeUpgrades(server, { hub: unwanted, trpc: unwanted, pusher: unwanted, ...none });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const peer = connect((server.address() as AddressInfo).port, "127.0.0.1");
  peer.write(`GET ${address} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
  const [answer] = await once(peer, "data");
  expect(String(answer)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  peer.destroy();
  server.close();
});

test("a socket that has gone before it is passed on opens nothing at the other end", async () => {
  const upstream = createTcpServer((socket) => void socket.resume());
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const { port } = upstream.address() as AddressInfo;
  const gone = new Socket().destroy();
  await once(gone, "close");
  pipeUpgrade(new IncomingMessage(gone), gone, Buffer.alloc(0), { upstream: `http://127.0.0.1:${port}` });
  const next = connect(port, "127.0.0.1"); // would come after it
  const [first] = (await once(upstream, "connection")) as [Socket];
  await eventually(() => expect(next.localPort).toBeTypeOf("number"));
  expect(first.remotePort).toBe(next.localPort);
  next.destroy();
  upstream.close();
});

test("a node that ends says when to come back", async () => {
  const server = createServer();
  const unwanted = () => {
    throw new Error("of no protocol");
  };
  const none = { pages: () => undefined, draining: () => true, onError: unwanted };
  routeUpgrades(server, { hub: unwanted, trpc: unwanted, pusher: unwanted, ...none });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const refused = await refusedUpgrade(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/trpc`);
  expect(refused).toMatchObject({ status: 503, headers: { "retry-after": "1", "x-request-id": expect.any(String) } });
  server.close();
});

test("a server that nobody answers for is given up", async () => {
  const socket = connect({ host: "nowhere.example", port: 1, lookup: () => {} });
  boundConnect(socket, 20);
  const [error] = await once(socket, "error");
  expect(error).toMatchObject({ message: "The other server does not answer" });
});

test("one that has answered while this process was busy is not", async () => {
  const upstream = createTcpServer((socket) => void socket.on("error", () => {}).resume());
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  await setImmediate(); // after which come timers, and only then news of sockets
  const socket = connect((upstream.address() as AddressInfo).port, "127.0.0.1");
  boundConnect(socket, 20);
  for (const end = performance.now() + 60; performance.now() < end; ); // the connection is there all the while
  await once(socket, "connect");
  socket.destroy();
  upstream.close();
});
