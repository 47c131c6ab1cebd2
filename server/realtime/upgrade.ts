import type { IncomingMessage, Server } from "node:http";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { newId } from "../ids.ts";
import { plainAddress } from "../plain-address.ts";
import { readUrl } from "../schema.ts";

export type UpgradeHandler = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  at: { tenant: string; url: URL },
) => void;

interface Routes {
  hub: UpgradeHandler;
  trpc: UpgradeHandler;
  pusher: UpgradeHandler;
  /** Where sockets of the pages are passed on to; undefined when the pages have none. */
  pages(): string | undefined;
  draining(): boolean;
  onError(error: unknown): void;
}

/** For another server that does not answer to a connection attempt, in ms. */
const connectTimeoutMs = 3000;

const hubPath = /^\/tenant\/([^/]+)\/v1(?:\.0)?\/hub\/?$/i;
const pusherPath = /^\/app\/[^/]+\/?$/;
const trpcPath = /^\/api\/trpc\/?$/i;

/** The one switch for every upgrade: the server has no other listener for it. */
export function routeUpgrades(server: Server, routes: Routes): void {
  server.on("upgrade", (request, socket, head) => {
    // Java's client wishes for h2c in every request over plain http.
    if (request.headers.upgrade?.toLowerCase() !== "websocket") return askAgain(server, request, socket, head);
    socket.on("error", () => socket.destroy()); // a peer that goes away mid-way is no news
    try {
      const url = urlOf(plainAddress(request.url ?? "/"));
      const hub = hubPath.exec(url.pathname);
      if (routes.draining()) refuse(socket, "503 Service Unavailable", { "Retry-After": "1" });
      else if (hub) routes.hub(request, socket, head, { tenant: decodeURIComponent(hub[1] ?? ""), url });
      else if (trpcPath.test(url.pathname)) routes.trpc(request, socket, head, { tenant: "", url });
      else if (pusherPath.test(url.pathname)) routes.pusher(request, socket, head, { tenant: "", url });
      else if (url.pathname.startsWith("/_next/") && routes.pages())
        pipeUpgrade(request, socket, head, { upstream: routes.pages() ?? "" });
      else refuse(socket, "404 Not Found");
    } catch (error) {
      routes.onError(error);
      refuse(socket, "400 Bad Request");
    }
  });
}

/** Of a path, or of a whole address (RFC 9112, 3.2.2). Throws where it is neither. */
function urlOf(address: string): URL {
  const url = readUrl(address.startsWith("/") ? `http://localhost${address}` : address);
  if (!url) throw new Error("the address of an upgrade cannot be read");
  return url;
}

/** A wish for any other protocol is passed over (RFC 9110, 7.8): the server reads the request once more, as if it had not been in it. */
function askAgain(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const { method, url, httpVersion } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (const [name, value] of pairsOf(request)) {
    if (/^connection$/i.test(name)) lines.push(`${name}: ${value.split(",").filter(isNoWish).join(",")}`);
    else if (isNoWish(name)) lines.push(`${name}: ${value}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), head]));
  server.emit("connection", socket);
}

/** Names and values as they were sent. */
function pairsOf({ rawHeaders }: IncomingMessage): [name: string, value: string][] {
  return rawHeaders.flatMap((name, i) => (i % 2 ? [] : [[name, rawHeaders[i + 1] ?? ""]]));
}

function isNoWish(name: string): boolean {
  return !/^\s*(upgrade|http2-settings)\s*$/i.test(name);
}

/** Answers an upgrade that is not wanted and hangs up, whether its peer does or not: no time-out of the server's covers it any more. */
export function refuse(socket: Duplex, status: string, headers: Record<string, string> = {}, body = ""): void {
  const lines = Object.entries({
    Connection: "close",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": String(Buffer.byteLength(body)),
    "X-Request-Id": newId(),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${status}`, ...lines, "", body].join("\r\n"), () => socket.destroy());
}

/**
 * Joins the socket with another server, as if it had asked there: Next's reload socket in development, and other nodes.
 * @param headers sent in the place of its own of that name, in lower case
 */
export function pipeUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  { upstream, headers = {} }: { upstream: string; headers?: Record<string, string> },
): void {
  if (socket.destroyed) return; // nothing would ever end the other half
  const { hostname, port } = new URL(upstream);
  const target = connect(Number(port), hostname.replace(/^\[|\]$/g, ""), () => {
    const asked = pairsOf(request).filter(([name]) => !Object.hasOwn(headers, name.toLowerCase()));
    const lines = [...asked, ...Object.entries(headers)].map(([name, value]) => `${name}: ${value}\r\n`);
    target.write(`GET ${request.url} HTTP/1.1\r\n${lines.join("")}\r\n`);
    target.write(head);
    target.pipe(socket).pipe(target);
  });
  boundConnect(target);
  target.on("error", () => socket.destroy());
  target.on("close", () => socket.destroy());
  socket.on("close", () => target.destroy());
}

/** Gives up on a connection attempt, if the socket is at one, that nobody answers to in so many ms. */
export function boundConnect(socket: Socket, ms = connectTimeoutMs): void {
  if (!socket.connecting) return;
  const giveUp = () => {
    if (socket.connecting) socket.destroy(new Error("The other server does not answer"));
  };
  // What has come while this process was busy is heard first.
  const timer = setTimeout(() => setImmediate(giveUp), ms);
  for (const end of ["connect", "close"]) socket.once(end, () => clearTimeout(timer));
}
