import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { answer, usage } from "./child.ts";

// `ws` on a plain HTTP server as its manual shows it, without anything around it.

const http = createServer();
const sockets = new WebSocketServer({ server: http });
sockets.on("connection", (socket) => {
  socket.on("error", console.error);
  socket.on("message", () => {});
});
await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));

const handlers = { usage, port: () => (http.address() as AddressInfo).port };

export type WsServer = typeof handlers;
answer(handlers);
