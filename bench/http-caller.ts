import { connect, type Socket } from "node:net";

export interface HttpAnswer {
  status: number;
  body: string;
}

/** One kept-alive HTTP/1.1 connection with one call at a time. Node's own clients cost as much as the server that is measured. */
export class HttpCaller {
  private readonly socket: Socket;
  private readonly host: string;
  private rest: Buffer = Buffer.alloc(0);
  private waiting: { resolve(answer: HttpAnswer): void; reject(error: Error): void } | undefined;

  private constructor(socket: Socket, port: number) {
    this.socket = socket;
    this.host = `127.0.0.1:${port}`;
    socket.on("data", (data) => this.read(data));
    socket.on("error", (error) => this.waiting?.reject(error));
    socket.on("close", () => this.waiting?.reject(new Error("the server closed the connection")));
  }

  static async open(port: number): Promise<HttpCaller> {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    return new HttpCaller(socket, port);
  }

  call(method: string, path: string, token: string, body = ""): Promise<HttpAnswer> {
    const headers = `Host: ${this.host}\r\nAuthorization: Bearer ${token}`;
    const content = `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}`;
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.socket.write(`${method} ${path} HTTP/1.1\r\n${headers}\r\n${body ? `${content}\r\n` : ""}\r\n${body}`);
    });
  }

  close(): void {
    this.waiting = undefined;
    this.socket.destroy();
  }

  private read(data: Buffer): void {
    this.rest = this.rest.length > 0 ? Buffer.concat([this.rest, data]) : data;
    const end = this.rest.indexOf("\r\n\r\n");
    if (end < 0) return;
    const head = this.rest.toString("latin1", 0, end);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (this.rest.length < end + 4 + length) return;
    const body = this.rest.toString("utf8", end + 4, end + 4 + length);
    this.rest = this.rest.subarray(end + 4 + length);
    const waiting = this.waiting;
    this.waiting = undefined;
    waiting?.resolve({ status: Number(head.slice(9, 12)), body });
  }
}
