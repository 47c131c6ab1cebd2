import { networkOf } from "../../client-address.ts";
import { limits } from "../../schema.ts";

/** Open sockets that have shown no valid credential yet, by where they come from: who has none could hold any number of them. */
export class StrangerSockets {
  private readonly open = new Map<string, number>();

  /** Counts one in, and gives what counts it out, however often it is called; undefined when there are too many from there. */
  enter(address: string): (() => void) | undefined {
    const network = networkOf(address);
    const count = this.open.get(network) ?? 0;
    if (count >= limits.anonymousPerAddress) return undefined;
    this.open.set(network, count + 1);
    let counted = true;
    return () => {
      if (counted) this.leave(network);
      counted = false;
    };
  }

  private leave(network: string): void {
    const left = (this.open.get(network) ?? 1) - 1;
    if (left > 0) this.open.set(network, left);
    else this.open.delete(network);
  }
}
