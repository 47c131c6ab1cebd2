import type { ServerResponse } from "node:http";
import { closeTimeoutMs, payloadOf, roomIn } from "../../realtime/connection.ts";
import { HttpLink } from "./http-link.ts";
import type { Peer } from "./link.ts";

const before = Buffer.from("data: ");
const after = Buffer.from("\r\n\r\n");

/** Server-Sent Events (TransportProtocols.md): one unnamed event a turn, with all messages of that turn. Text only, without line breaks. */
export class EventStreamLink extends HttpLink {
  readonly transport = "ServerSentEvents";
  private readonly response: ServerResponse;
  private endedAt: number | undefined;

  constructor(response: ServerResponse, peer: Peer) {
    super(peer);
    this.response = response;
  }

  /** Answers the request. Firefox takes a stream for open only when something has come. */
  begin(headers: Record<string, string>): void {
    this.response.writeHead(200, {
      ...headers,
      "content-type": "text/event-stream",
      "cache-control": "no-cache, no-store",
      pragma: "no-cache",
      "x-accel-buffering": "no",
    });
    this.response.write(":\r\n");
  }

  end(_code: number, _reason: string, last?: Buffer): void {
    this.flush();
    this.over = true;
    if (last) this.carry([last]);
    this.response.end();
    this.endedAt = Date.now();
    this.resume();
  }

  /** Who does not read would never see the end, and stay. */
  sweep(now: number): void {
    if (this.endedAt !== undefined && now - this.endedAt >= closeTimeoutMs) this.response.destroy();
  }

  protected backlog(): number {
    return this.response.writableLength;
  }

  protected carry(frames: readonly Buffer[]): void {
    if (this.response.writable) this.response.write(Buffer.concat([before, ...frames.map(payloadOf), after]));
  }

  protected drained(): Promise<void> {
    return roomIn(this.response);
  }
}
