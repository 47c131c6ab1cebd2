import type { BusMessage } from "./bus.ts";

/** NOTIFY takes 8,000 bytes. */
const maxPayload = 7_500;
/** What goes into a payload of a message that is larger: base64 makes four bytes of three. */
const partBytes = 5_400;
const maxParts = 64;
const maxQueued = 10_000;
const maxQueuedBytes = 16 * 1024 * 1024;

interface Queued {
  text: string;
  bytes: number;
  /** The tenant that is woken. */
  wakes?: string;
}

/**
 * Messages on their way out: wake-ups of one tenant are coalesced, one payload is in flight at a time, and what arrives meanwhile
 * makes the next. A message that fits no payload goes in parts, one after the other. Over its bounds the oldest are dropped, which
 * the bus allows.
 */
export class Outbox {
  private queue: Queued[] = [];
  private bytes = 0;
  private parts: string[] = [];
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
    const text = JSON.stringify(message);
    const bytes = Buffer.byteLength(text);
    this.queue.push({ text, bytes, ...(message.kind === "wake" ? { wakes: message.tenantId } : {}) });
    this.bytes += bytes;
    while (this.queue.length > maxQueued || this.bytes > maxQueuedBytes) this.shift();
    if (!this.sending) {
      this.sending = true;
      setImmediate(() => void this.flush());
    }
  }

  private async flush(): Promise<void> {
    while (this.queue.length + this.parts.length > 0) {
      const payload = this.take();
      if (payload !== undefined) await this.send(payload);
    }
    this.sending = false;
  }

  /** The next payload; undefined when what came next had to be left out. */
  private take(): string | undefined {
    const from = `{"from":${JSON.stringify(this.nodeId)}`;
    const part = this.parts.shift();
    if (part !== undefined) return `${from},${part}}`;
    const texts: string[] = [];
    let bytes = 100;
    for (let next = this.queue[0]; next; next = this.queue[0]) {
      if (bytes + next.bytes + 1 > maxPayload) {
        if (texts.length === 0) this.split(next);
        break;
      }
      this.shift();
      texts.push(next.text);
      bytes += next.bytes + 1;
    }
    return texts.length > 0 ? `${from},"messages":[${texts.join(",")}]}` : undefined;
  }

  /** Into parts, unless it is too large for any number of them. */
  private split({ text, bytes }: Queued): void {
    this.shift();
    if (bytes > partBytes * maxParts) return;
    const whole = Buffer.from(text);
    const of = Math.ceil(whole.length / partBytes);
    for (let at = 0; at < of; at++) {
      const part = whole.toString("base64", at * partBytes, Math.min((at + 1) * partBytes, whole.length));
      this.parts.push(`"part":"${part}","at":${at},"of":${of}`);
    }
  }

  /** Sent or dropped: the tenant's next wake-up is news again. */
  private shift(): void {
    const gone = this.queue.shift();
    if (!gone) return;
    this.bytes -= gone.bytes;
    if (gone.wakes !== undefined) this.waking.delete(gone.wakes);
  }
}

/** Payloads as they come in, in the order in which each node sent them. */
export class Inbox {
  private readonly partial = new Map<string, Buffer[]>();
  private readonly nodeId: string;

  constructor(nodeId: string) {
    this.nodeId = nodeId;
  }

  /** The messages that a payload completes; none for our own and for what is not ours to understand. */
  read(payload: string): BusMessage[] {
    const parsed = JSON.parse(payload) as { from?: string; messages?: BusMessage[] } & Partial<Part>;
    const { from = "", messages, part, at = 0, of = 0 } = parsed;
    if (from === this.nodeId) return [];
    if (part !== undefined) return this.add(from, { part, at, of });
    return Array.isArray(messages) ? messages : [];
  }

  private add(from: string, { part, at, of }: Part): BusMessage[] {
    const before = at === 0 ? [] : (this.partial.get(from) ?? []);
    this.partial.delete(from);
    if (before.length !== at || of > maxParts) return []; // one in front was lost
    const parts = [...before, Buffer.from(part, "base64")];
    if (parts.length === of) return [JSON.parse(Buffer.concat(parts).toString("utf8")) as BusMessage];
    this.partial.set(from, parts);
    // A node that dies in the middle leaves its beginning behind: of so many only the newest are kept.
    for (const oldest of this.partial.keys()) if (this.partial.size > 100) this.partial.delete(oldest);
    return [];
  }
}

/** A piece of a message in base64. */
interface Part {
  part: string;
  at: number;
  of: number;
}
