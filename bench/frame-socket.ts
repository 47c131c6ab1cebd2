import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";

/** What is said in the frames. Kept to a look at a byte or two: a client that parses costs more than the server that is measured. */
export interface Dialect {
  /** The first thing to say, or undefined to listen only. */
  hello: string | undefined;
  /** Whether the socket is in, by a frame. */
  welcomes(bytes: Buffer, start: number): boolean;
  /** Whether a frame is an event of the chat. */
  delivers(bytes: Buffer, start: number): boolean;
  /** What says something in the chat. */
  speak(content: string, chatId: string): string;
  /** An answer to a frame that is neither. */
  reply?(bytes: Buffer, start: number): string | undefined;
}

/** Where the type of a hub's event stands: {"type":1,"target":"MessagingEvent","arguments":[{"type":"Chat" … */
const eventType = 58;

/** The hub's JSON (HubProtocol.md). */
export const signalr: Dialect = {
  hello: '{"protocol":"json","version":1}\u001e',
  welcomes: (bytes, start) => bytes[start + 1] === 0x7d, // {}
  delivers: (bytes, start) =>
    bytes[start + 8] === 0x31 && bytes[start + eventType] === 0x43 && bytes[start + eventType + 4] === 0x22, // 1 … C …"
  speak: (content, chatId) =>
    `${JSON.stringify({ type: 1, invocationId: "1", target: "SendMessage", arguments: [{ chatId, content }] })}\u001e`,
};

/** engine.io 4 with socket.io's packets. */
export const socketio: Dialect = {
  hello: "40",
  welcomes: (bytes, start) => bytes[start] === 0x34 && bytes[start + 1] === 0x30,
  delivers: (bytes, start) => bytes[start] === 0x34 && bytes[start + 1] === 0x32,
  speak: (content) => `42${JSON.stringify(["say", content])}`,
  reply: (bytes, start) => (bytes[start] === 0x32 ? "3" : undefined),
};

/** Nothing is said. */
export const silent: Dialect = { hello: undefined, welcomes: () => false, delivers: () => false, speak: () => "" };

/** A WebSocket client that only tells frames apart: it reads headers, and counts. */
export class FrameSocket {
  /** Size of the last event, with its frame's header. */
  eventBytes = 0;
  onDelivery: () => void = () => {};
  private readonly socket: Socket;
  private readonly dialect: Dialect;
  private rest: Buffer | undefined;
  private entered: () => void = () => {};

  private constructor(socket: Socket, dialect: Dialect) {
    this.socket = socket;
    this.dialect = dialect;
  }

  /** Resolves when the server has let it in. */
  static async open(port: number, path: string, dialect: Dialect): Promise<FrameSocket> {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    const client = new FrameSocket(socket, dialect);
    await client.upgrade(path);
    return client;
  }

  say(text: string): void {
    this.socket.write(maskedFrame(text));
  }

  close(): void {
    this.socket.destroy();
  }

  private upgrade(path: string): Promise<void> {
    const key = randomBytes(16).toString("base64");
    const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13";
    this.socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${upgrade}\r\nSec-WebSocket-Key: ${key}\r\n\r\n`);
    return new Promise((resolve, reject) => {
      this.socket.on("error", reject);
      this.socket.on("close", () => reject(new Error("the server closed the socket")));
      this.socket.once("data", (answer) => {
        const end = answer.indexOf("\r\n\r\n") + 4;
        const head = answer.toString("latin1", 0, end);
        if (end < 4 || !head.startsWith("HTTP/1.1 101")) return reject(new Error(answer.toString()));
        this.socket.on("data", (bytes) => this.read(bytes));
        this.entered = resolve;
        if (this.dialect.hello === undefined) resolve();
        else this.say(this.dialect.hello);
        this.read(answer.subarray(end));
      });
    });
  }

  private read(data: Buffer): void {
    const bytes = this.rest ? Buffer.concat([this.rest, data]) : data;
    let at = 0;
    while (bytes.length - at >= 2) {
      const short = (bytes[at + 1] ?? 0) & 0x7f;
      const header = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (bytes.length - at < header) break;
      const length =
        short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
      if (bytes.length - at < header + length) break;
      this.take(bytes, at + header, length + header);
      at += header + length;
    }
    this.rest = at < bytes.length ? bytes.subarray(at) : undefined;
  }

  private take(bytes: Buffer, start: number, size: number): void {
    if (this.dialect.delivers(bytes, start)) {
      this.eventBytes = size;
      this.onDelivery();
      return;
    }
    if (this.dialect.welcomes(bytes, start)) this.entered();
    const reply = this.dialect.reply?.(bytes, start);
    if (reply !== undefined) this.say(reply);
  }
}

/** A client's frame, with a mask of zeros (RFC 6455, 5.3). */
function maskedFrame(text: string): Buffer {
  const body = Buffer.from(text);
  const header = body.length < 126 ? [0x81, 0x80 | body.length] : [0x81, 0xfe, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([...header, 0, 0, 0, 0]), body]);
}
