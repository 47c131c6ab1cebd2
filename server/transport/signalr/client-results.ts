import type { ClientMessage, ServerMessage } from "./codec.ts";

/** More than this asked of one client and not answered, and it is asked nothing more. */
const maxAsked = 8;

/** The client did not answer what the server asked: it has no such method, it failed, or it has gone. */
export class NoClientResult extends Error {
  override name = "NoClientResult";
}

interface Asked {
  resolve(result: unknown): void;
  reject(error: NoClientResult): void;
}

/** Calls of the server that a client answers (HubProtocol.md, "client results"). */
export class ClientResults {
  private readonly asked = new Map<string, Asked>();
  private made = 0;

  /** Calls a method of the client. Rejects with NoClientResult. */
  ask(target: string, args: unknown[], say: (message: ServerMessage) => void): Promise<unknown> {
    if (this.asked.size >= maxAsked) return Promise.reject(new NoClientResult("too much is asked already"));
    const invocationId = `s${++this.made}`;
    return new Promise((resolve, reject) => {
      this.asked.set(invocationId, { resolve, reject });
      say({ type: 1, target, arguments: args, invocationId });
    });
  }

  /** Takes an answer; one to nothing that was asked is passed over. */
  completed({ invocationId, result, error }: Extract<ClientMessage, { type: 3 }>): void {
    const asked = this.asked.get(invocationId);
    this.asked.delete(invocationId);
    if (error === undefined) asked?.resolve(result);
    else asked?.reject(new NoClientResult(error));
  }

  close(): void {
    for (const { reject } of this.asked.values()) reject(new NoClientResult("the client has gone"));
    this.asked.clear();
  }
}
