import { Outbox } from "../../realtime/connection.ts";
import type { Link, Peer, TransportName } from "./link.ts";

/** More posts than this held back at once are no stock client's: it sends one after the other. */
const maxHeld = 8;

/** The client's side of a connection without a socket: what it sends comes in posts, which wait while the connection reads no more. */
export abstract class HttpLink extends Outbox implements Link {
  abstract readonly transport: TransportName;
  readonly ip: Peer["ip"];
  private held: (() => void)[] = [];
  private paused = false;

  constructor({ onSlow, ip }: Peer) {
    super(onSlow);
    this.ip = ip;
  }

  abstract end(code: number, reason: string, last?: Buffer): void;

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.release();
  }

  /** Resolves when more may be read; to false when too much waits already. */
  async readable(): Promise<boolean> {
    while (this.paused) {
      if (this.held.length >= maxHeld) return false;
      await new Promise<void>((resolve) => this.held.push(resolve));
    }
    return true;
  }

  private release(): void {
    const held = this.held;
    this.held = [];
    for (const each of held) each();
  }
}
