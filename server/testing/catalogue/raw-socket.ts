import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Bytes as they are: no client library would send them. */
export type Bytes = string | Buffer;

/** How long a server may think about a request before it counts as one that waits for more, in ms. */
const patienceMs = 10_000;

/**
 * Sends bytes over a connection of its own and answers with the status of the first response; undefined when the connection ends without one.
 * @param options `more`: the request has no end, so the sending side is closed.
 */
export async function sendRaw(
  url: string,
  bytes: Bytes,
  options: { more?: boolean } = {},
): Promise<number | undefined> {
  const socket = open(url);
  const answered = statusOf(socket);
  socket.write(bytes);
  if (options.more) socket.end();
  const status = await Promise.race([answered, sleep(patienceMs, undefined, { ref: false })]);
  socket.destroy();
  return status;
}

/** A request with a body, its length as it is. */
export function httpRequest(method: string, path: string, headers: Record<string, string>, body: Bytes = ""): Buffer {
  const bytes = Buffer.from(body as string);
  const lines = Object.entries({
    host: "localhost",
    "content-length": String(bytes.length),
    connection: "close",
    ...headers,
  });
  const head = [`${method} ${path} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`), "", ""].join(
    "\r\n",
  );
  return Buffer.concat([Buffer.from(head, "latin1"), bytes]);
}

function open(url: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  socket.on("error", () => socket.destroy()); // a server that hangs up is one of the outcomes
  return socket;
}

function statusOf(socket: Socket): Promise<number | undefined> {
  return new Promise((resolve) => {
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      const status = /^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1];
      if (status) resolve(Number(status));
    });
    socket.on("close", () => resolve(undefined));
    socket.on("end", () => resolve(undefined));
  });
}

/** A WebSocket after its upgrade, down to the bytes. */
export interface RawWebSocket {
  write(bytes: Bytes): void;
  /** Text of the messages that came, and whether the server has ended the connection. */
  received(): string[];
  ended(): boolean;
  /** Resolves when something more has come, the connection has ended, or the time in ms is over. */
  listen(ms: number): Promise<void>;
  close(): void;
}

/** Upgrades; undefined when the server refuses. */
export async function openRawWebSocket(url: string, path: string): Promise<RawWebSocket | undefined> {
  const socket = open(url);
  const headers = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": randomBytes(16).toString("base64"),
  };
  const lines = Object.entries({ host: "localhost", ...headers }).map(([name, value]) => `${name}: ${value}`);
  let bytes: Buffer = Buffer.alloc(0);
  let ended = false;
  let heard = () => {};
  socket.on("data", (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    heard();
  });
  for (const event of ["end", "close"])
    socket.on(event, () => {
      ended = true;
      heard();
    });
  const listen = async (ms: number) => {
    if (ended) return;
    await Promise.race([new Promise<void>((resolve) => (heard = resolve)), sleep(ms, undefined, { ref: false })]);
  };
  socket.write(`${[`GET ${path} HTTP/1.1`, ...lines, "", ""].join("\r\n")}`);
  while (!ended && !bytes.includes("\r\n\r\n")) await listen(patienceMs);
  if (!bytes.toString("latin1").startsWith("HTTP/1.1 101")) {
    socket.destroy();
    return undefined;
  }
  const body = bytes.indexOf("\r\n\r\n") + 4;
  return {
    write: (data) => void (socket.writable && socket.write(data)),
    received: () => readFrames(bytes.subarray(body)),
    ended: () => ended,
    listen,
    close: () => socket.destroy(),
  };
}

/** A client's frame (RFC 6455, 5.2), correct unless told otherwise. */
export function clientFrame(
  payload: Bytes,
  { opcode = 1, fin = true, rsv = 0, masked = true, length }: Partial<FrameParts> = {},
): Buffer {
  const body = Buffer.from(payload as string);
  const size = length ?? body.length;
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  const mask = masked ? 0x80 : 0;
  const header = Buffer.alloc(size < 126 ? 2 : size < 65_536 ? 4 : 10);
  header[0] = first;
  header[1] = mask | (size < 126 ? size : size < 65_536 ? 126 : 127);
  if (header.length === 4) header.writeUInt16BE(size, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(size), 2);
  if (!masked) return Buffer.concat([header, body]);
  const key = randomBytes(4);
  const veiled = Buffer.from(body.map((byte, i) => byte ^ (key[i % 4] ?? 0)));
  return Buffer.concat([header, key, veiled]);
}

interface FrameParts {
  opcode: number;
  fin: boolean;
  rsv: number;
  masked: boolean;
  /** What the header says of the length, when it lies. */
  length: number;
}

/** Text of a server's whole frames. */
function readFrames(bytes: Buffer): string[] {
  const texts: string[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const short = (bytes[at + 1] ?? 0) & 0x7f;
    const start = at + (short === 126 ? 4 : short === 127 ? 10 : 2);
    if (bytes.length < start) break;
    const size =
      short === 126 ? bytes.readUInt16BE(at + 2) : short === 127 ? Number(bytes.readBigUInt64BE(at + 2)) : short;
    if (bytes.length < start + size) break;
    if (((bytes[at] ?? 0) & 0x0f) === 1) texts.push(bytes.toString("utf8", start, start + size));
    at = start + size;
  }
  return texts;
}
