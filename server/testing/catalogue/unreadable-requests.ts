import type { Bytes } from "./raw-socket.ts";

const long = (n: number) => "a".repeat(n);

/** What is no HTTP, or none that a server has to understand. */
export const unreadableRequests: string[] = [
  "x\r\n\r\n",
  "GET\r\n\r\n",
  "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
  "GET / HTTP/1.1\r\nHost x\r\n\r\n",
  "GET / HTTP/1.1\r\n: x\r\n\r\n",
  "GET /healthz\r\n\r\n",
  "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
  "GET /healthz HTTP/1.1\r\n\r\n",
  "get /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
  "GET  /healthz  HTTP/1.1\r\nHost: x\r\n\r\n",
  "GET http://x/healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
  "GET http://[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
  "GET /\u0000 HTTP/1.1\r\nHost: x\r\n\r\n",
  "GET /tenant/\xff/v1/Chat HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
  `GET /${long(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  `GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${long(20_000)}\r\n\r\n`,
  `GET /healthz HTTP/1.1\r\nHost: x\r\n${Array.from({ length: 3000 }, (_, i) => `X-${i}: y`).join("\r\n")}\r\n\r\n`,
  "POST /tenant/acme/v1/Chat HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n{}",
  "POST /tenant/acme/v1/Chat HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n{}",
  "POST /tenant/acme/v1/Chat HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n{}",
  "POST /tenant/acme/v1/Chat HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
  "POST /tenant/acme/v1/Chat HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
  "POST /tenant/acme/v1/Chat HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n{}",
  "POST /tenant/acme/v1/Chat HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
  "POST /tenant/acme/v1/Chat HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}}}}\r\n0\r\n\r\n",
  `POST /tenant/acme/v1/Chat HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2;${long(20_000)}\r\n{}\r\n0\r\n\r\n`,
  `POST /tenant/acme/v1/Chat HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n${long(300 * 1024)}`,
  "GET /tenant/acme/v1/hub HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
  "GET /api/trpc HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n",
  "GET /api/trpc HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nSec-WebSocket-Key: x\r\n\r\n",
  "GET /tenant/%ff/v1/hub HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
  "GET //[ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
];

/** Requests whose sender goes away in the middle, and what a server may well hang up on. */
export const unfinishedRequests: Bytes[] = [
  "\r\n\r\n",
  "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n",
  "GET /healthz HTT",
  "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Half",
  "POST /tenant/acme/v1/Chat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
  "POST /tenant/acme/v1/Chat HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
  "POST /api/trpc/chats.create HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
  "GET /api/trpc HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSock",
];
