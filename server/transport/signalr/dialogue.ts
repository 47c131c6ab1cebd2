import { type CallSite, Calls } from "./calls.ts";
import { ClientResults } from "./client-results.ts";
import type { ClientMessage } from "./codec.ts";

/** Who calls whom on one connection: the client the hub's methods, and the hub the client's. Costs nothing until somebody does. */
export class Dialogue {
  private calls: Calls | undefined;
  private results: ClientResults | undefined;
  private started = false;
  private readonly site: CallSite;

  constructor(site: CallSite) {
    this.site = site;
  }

  get busy(): boolean {
    return this.calls?.busy ?? false;
  }

  /** Begins to work calls off. */
  start(): void {
    this.started = true;
    this.calls?.start();
  }

  /** Takes a message about calls; others are not for here. */
  take(message: ClientMessage): void {
    if (message.type === 1 || message.type === 4) this.callsOf().invoke(message);
    else if (message.type === 2) this.calls?.item(message);
    else if (message.type === 5) this.calls?.cancel(message.invocationId);
    else if (message.type === 3)
      if (this.calls?.hasUpload(message.invocationId)) this.calls.completed(message);
      else this.results?.completed(message);
  }

  /** Whether a message has a limit of its own. */
  isLimited(message: ClientMessage): boolean {
    if (message.type === 2) return this.calls?.hasUpload(message.invocationId) ?? false;
    return message.type === 1;
  }

  /** Calls a method of the client. Rejects with NoClientResult. */
  ask(target: string, args: unknown[]): Promise<unknown> {
    this.results ??= new ClientResults();
    return this.results.ask(target, args, (message) => this.site.answer(message));
  }

  /** Nobody waits for an answer any more, and nobody gives one. */
  leave(): void {
    this.calls?.leave();
    this.results?.close();
  }

  /** Forgets what waits to be done. */
  clear(): void {
    this.calls?.clear();
  }

  private callsOf(): Calls {
    if (this.calls) return this.calls;
    this.calls = new Calls(this.site);
    if (this.started) this.calls.start();
    return this.calls;
  }
}
