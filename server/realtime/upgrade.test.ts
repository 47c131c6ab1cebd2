import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, test } from "vitest";
import { eventually } from "../testing/hub-client.ts";
import { routeUpgrades } from "./upgrade.ts";

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
  expect(answer).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
  const open = () => new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
  await eventually(async () => expect(await open()).toBe(0));
  peer.destroy();
  server.close();
});
