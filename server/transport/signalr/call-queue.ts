import type { Principal } from "../../auth/principal.ts";
import type { ServerMessage } from "./codec.ts";
import { errorText, type HubMethods } from "./methods.ts";

export interface HubCall {
  type: 1 | 4;
  target: string;
  arguments: unknown[];
  invocationId?: string | undefined;
}

/** With more calls waiting than this, nothing more is read from the socket, until half of them are done. */
const maxWaiting = 200;

/** The connection as its calls see it. */
export interface CallSite {
  readonly principal: Principal;
  readonly clientId: string | undefined;
  readonly methods: HubMethods;
  answer(message: ServerMessage): void;
  /** Stops and starts reading from the socket. */
  pause(): void;
  resume(): void;
  /** Called when the last waiting call is done. */
  idle(): void;
}

/** The calls of one connection, one at a time, in order. A connection that only listens has none. */
export class CallQueue {
  private waiting: HubCall[] = [];
  private paused = false;
  private left = false;
  private running: AbortController | undefined;
  private readonly site: CallSite;

  constructor(site: CallSite) {
    this.site = site;
  }

  get busy(): boolean {
    return this.running !== undefined || this.waiting.length > 0;
  }

  push(call: HubCall): void {
    this.waiting.push(call);
    if (this.waiting.length <= maxWaiting || this.paused) return;
    this.paused = true;
    this.site.pause();
  }

  /** Works the calls off, unless that is under way. Never rejects. */
  async run(): Promise<void> {
    if (this.running) return;
    for (let call = this.waiting.shift(); call; call = this.waiting.shift()) {
      this.running = new AbortController();
      if (this.left) this.running.abort();
      const answer = await this.answerTo(call, this.running.signal);
      if (answer) this.site.answer(answer);
      if (this.waiting.length <= maxWaiting / 2) this.unpause();
    }
    this.running = undefined;
    this.site.idle();
  }

  /** Nobody waits for an answer any more: what only waits is ended, what was asked for before is still done. */
  leave(): void {
    this.left = true;
    this.running?.abort();
  }

  /** Forgets what waits. */
  clear(): void {
    this.waiting = [];
    this.leave();
    this.unpause();
  }

  private unpause(): void {
    if (!this.paused) return;
    this.paused = false;
    this.site.resume();
  }

  /** The completion of a call; none for one that asked for none (HubProtocol.md, "non-blocking"). */
  private async answerTo(call: HubCall, signal: AbortSignal): Promise<ServerMessage | undefined> {
    const { invocationId } = call;
    const outcome = await this.outcomeOf(call, signal);
    return invocationId === undefined ? undefined : { type: 3, invocationId, ...outcome };
  }

  private async outcomeOf(
    { type, target, arguments: args }: HubCall,
    signal: AbortSignal,
  ): Promise<{ result?: unknown; error?: string }> {
    const { methods, principal, clientId } = this.site;
    if (!methods.has(target)) return { error: `Unknown hub method '${target}'` };
    if (type === 4) {
      return {
        error: `The client attempted to invoke the non-streaming '${target}' method with a streaming invocation.`,
      };
    }
    try {
      return { result: await methods.call(target, args, { principal, clientId, signal }) };
    } catch (error) {
      return { error: errorText(error) };
    }
  }
}
