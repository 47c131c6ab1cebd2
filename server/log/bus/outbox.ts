import type { BusMessage } from "./bus.ts";

/** NOTIFY takes 8,000 bytes. */
const maxPayload = 7_500;
const maxQueued = 10_000;

/**
 * Messages on their way out: wake-ups of one tenant are coalesced, one payload is in flight at a time, and what arrives meanwhile
 * makes the next. Over its bound the oldest are dropped, which the bus allows.
 */
export class Outbox {
  private queue: BusMessage[] = [];
  private readonly waking = new Set<string>();
  private sending = false;
  private readonly nodeId: string;
  private readonly send: (payload: string) => Promise<void>;

  constructor(nodeId: string, send: (payload: string) => Promise<void>) {
    this.nodeId = nodeId;
    this.send = send;
  }

  push(message: BusMessage): void {
    if (message.kind === "wake") {
      if (this.waking.has(message.tenantId)) return;
      this.waking.add(message.tenantId);
    }
    if (this.queue.length >= maxQueued) this.shift();
    this.queue.push(message);
    if (!this.sending) {
      this.sending = true;
      setImmediate(() => void this.flush());
    }
  }

  private async flush(): Promise<void> {
    while (this.queue.length > 0) await this.send(this.take());
    this.sending = false;
  }

  private take(): string {
    const parts: string[] = [];
    let bytes = 100;
    while (this.queue.length > 0) {
      const text = JSON.stringify(this.queue[0]);
      const size = Buffer.byteLength(text) + 1;
      if (parts.length > 0 && bytes + size > maxPayload) break;
      this.shift();
      if (bytes + size > maxPayload) continue; // too large for any payload
      parts.push(text);
      bytes += size;
    }
    return `{"from":${JSON.stringify(this.nodeId)},"messages":[${parts.join(",")}]}`;
  }

  /** Sent or dropped: the tenant's next wake-up is news again. */
  private shift(): void {
    const message = this.queue.shift();
    if (message?.kind === "wake") this.waking.delete(message.tenantId);
  }
}

/** Reads a payload; nothing for our own and for what is not ours to understand. */
export function readPayload(payload: string, nodeId: string): BusMessage[] {
  const parsed = JSON.parse(payload) as { from?: string; messages?: BusMessage[] };
  return parsed.from === nodeId || !Array.isArray(parsed.messages) ? [] : parsed.messages;
}
