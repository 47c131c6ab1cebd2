import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server } from "socket.io";
import { answer, usage } from "./child.ts";

// The least that socket.io can do for a chat: what one client says goes to the room, in memory.

const http = createServer();
const io = new Server(http, { transports: ["websocket"], serveClient: false });
let said = 0;
io.on("connection", (socket) => {
  if (socket.handshake.query.listens !== "no") void socket.join("chat");
  socket.on("say", (content: string) => io.to("chat").emit("message", { seq: ++said, content }));
});
await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));

const handlers = { usage, port: () => (http.address() as AddressInfo).port };

export type SocketioServer = typeof handlers;
answer(handlers);
