import type { ServerResponse } from "node:http";
import { payloadOf } from "../../realtime/connection.ts";
import { HttpLink } from "./http-link.ts";
import type { Peer } from "./link.ts";

/** A poll that nothing came for is answered after this, in ms; stock clients give up on one after 100 s. */
const pollTimeoutMs = 90_000;
/** A client that does not ask for so long has gone, in ms. */
const disconnectTimeoutMs = 15_000;

interface Poll {
  response: ServerResponse;
  headers: Record<string, string>;
  since: number;
}

interface Options extends Peer {
  now: () => number;
  /** The client has gone, or has been given the last word. */
  onGone(): void;
}

/** Long polling (TransportProtocols.md): what is to be said waits for the client to ask for it. */
export class PollLink extends HttpLink {
  readonly transport = "LongPolling";
  private kept: Buffer[] = [];
  private keptBytes = 0;
  private poll: Poll | undefined;
  private leftAt: number;
  private heard: (() => void)[] = [];
  private readonly options: Options;

  constructor(options: Options) {
    super(options);
    this.options = options;
    this.leftAt = options.now();
  }

  /** The client asks: it is answered when there is something, or after the poll's time. One that was waiting before is let go. */
  take(response: ServerResponse, headers: Record<string, string>): void {
    if (response.destroyed) return; // its client left while it was asked who it is
    this.settle(204);
    const poll = { response, headers, since: this.options.now() };
    this.poll = poll;
    response.once("close", () => this.left(poll));
    if (this.kept.length > 0 || this.over) this.settle(this.kept.length > 0 ? 200 : 204);
  }

  end(_code: number, _reason: string, last?: Buffer): void {
    this.flush();
    this.over = true;
    if (last) this.keep([last]);
    this.settle(this.kept.length > 0 ? 200 : 204);
    this.resume();
  }

  /** Lets go of a poll that waits: there will be no other. */
  hangUp(): void {
    this.settle(this.kept.length > 0 ? 200 : 204);
    this.leave();
  }

  sweep(now: number): void {
    if (this.poll && now - this.poll.since >= pollTimeoutMs) this.settle(200);
    else if (!this.poll && now - this.leftAt >= disconnectTimeoutMs) this.leave();
  }

  protected backlog(): number {
    return this.keptBytes;
  }

  protected carry(frames: readonly Buffer[]): void {
    this.keep(frames);
    this.settle(200);
  }

  /** A poll that waited has just been given all there is; whoever has left is given no more. */
  protected drained(): Promise<void> {
    if (this.keptBytes === 0 || this.over) return new Promise((resolve) => setImmediate(resolve));
    return new Promise((resolve) => this.heard.push(resolve));
  }

  private keep(frames: readonly Buffer[]): void {
    for (const each of frames) {
      const payload = payloadOf(each);
      this.kept.push(payload);
      this.keptBytes += payload.length;
    }
  }

  /** Answers the poll that waits with all there is. */
  private settle(status: 200 | 204): void {
    const { poll } = this;
    if (!poll) return;
    this.poll = undefined;
    this.leftAt = this.options.now();
    const body = status === 200 ? Buffer.concat(this.kept) : Buffer.alloc(0);
    if (status === 200) this.emptied();
    answerPoll(poll.response, poll.headers, status, body);
    if (this.over && this.kept.length === 0) this.leave();
  }

  /** Nobody asks any more: what waits for room waits in vain. */
  private leave(): void {
    this.over = true;
    this.emptied();
    this.options.onGone();
  }

  private emptied(): void {
    this.kept = [];
    this.keptBytes = 0;
    const heard = this.heard;
    this.heard = [];
    for (const each of heard) each();
  }

  private left(poll: Poll): void {
    if (this.poll !== poll) return;
    this.poll = undefined;
    this.leftAt = this.options.now();
  }
}

/** An answer that nobody keeps. The client takes nothing but 200 (go on) and 204 (it is over). */
export function answerPoll(
  response: ServerResponse,
  headers: Record<string, string>,
  status: 200 | 204,
  body: Buffer,
): void {
  response.writeHead(status, {
    ...headers,
    "cache-control": "no-cache, no-store",
    pragma: "no-cache",
    expires: "Thu, 01 Jan 1970 00:00:00 GMT",
    ...(status === 200 ? { "content-type": "application/octet-stream", "content-length": String(body.length) } : {}),
  });
  response.end(body);
}
