import { maxQueuedBytes } from "../../realtime/connection.ts";
import { type ClientMessage, isNumbered, ProtocolFault } from "./codec.ts";

/** As much as .NET keeps; above it a backfill waits. */
const bufferBytes = 100_000;
/** A client that has acknowledged nothing for so long while the buffer is full is not there, in ms. */
const sendTimeoutMs = 10_000;

/** What goes to the socket of the moment. */
export interface SessionWire {
  write(bytes: Buffer): void;
  frameSequence(sequenceId: number): Buffer;
}

/**
 * Both directions of a stateful connection (HubProtocol.md, "Stateful reconnect"): what the client has not acknowledged is kept and sent
 * again on its next socket; what the client sends again is dropped. Numbered messages count 1, 2, 3 … in each direction.
 */
export class StatefulSession {
  /** Sent and not acknowledged, oldest first. */
  private kept: Buffer[] = [];
  private bytes = 0;
  private sent = 0;
  /** The last one that went out on the socket of the moment. */
  private written = 0;
  private wire: SessionWire | undefined;
  private next = 1;
  private latest = 0;
  private acked = 0;
  private expectsSequence = false;
  private fullSince: number | undefined;
  private roomy: (() => void)[] = [];

  /** False when too much is kept already: the client is not there. */
  send(bytes: Buffer): boolean {
    if (this.bytes + bytes.length > maxQueuedBytes) return false;
    this.kept.push(bytes);
    this.bytes += bytes.length;
    this.sent++;
    this.flush();
    return true;
  }

  /**
   * From now on numbered messages go out. Not before the client's first word after the handshake: the stock client begins to count a
   * moment after it has read the handshake's answer, and would count what came with it too little.
   */
  start(wire: SessionWire): void {
    this.wire = wire;
    this.flush();
  }

  /** The socket is gone; nothing goes out until the client has said on its next one what it sends first. */
  detach(): void {
    this.wire = undefined;
    this.expectsSequence = true;
  }

  get waitsForSequence(): boolean {
    return this.expectsSequence;
  }

  /** Whether a message is news and to be acted on. Throws ProtocolFault when some were lost. */
  takes(message: ClientMessage, wire: SessionWire): boolean {
    if (message.type === 9) {
      this.resume(message.sequenceId, wire);
      return false;
    }
    if (this.expectsSequence) return false;
    if (message.type === 8) {
      this.acknowledge(message.sequenceId);
      return false;
    }
    return !isNumbered(message.type) || this.isNew();
  }

  /** What is to be acknowledged, once; undefined when there is nothing new. */
  dueAck(): number | undefined {
    if (this.latest <= this.acked || !this.wire) return undefined;
    this.acked = this.latest;
    return this.latest;
  }

  /** Whether the client has left a full buffer unread for too long. */
  isStuck(now: number): boolean {
    if (this.bytes < bufferBytes) this.fullSince = undefined;
    else this.fullSince ??= now;
    return this.fullSince !== undefined && now - this.fullSince >= sendTimeoutMs;
  }

  /** Whether nothing goes on before the client has said where it is, or what has come. */
  get needsWord(): boolean {
    return this.expectsSequence || this.bytes >= bufferBytes;
  }

  /** @param above in bytes: with less kept there is room */
  pressure(above = bufferBytes): Promise<void> | undefined {
    if (this.bytes < above) return undefined;
    return new Promise((resolve) => this.roomy.push(resolve));
  }

  /** Nobody waits for room any more. */
  close(): void {
    this.kept = [];
    this.bytes = 0;
    this.makeRoom();
  }

  private isNew(): boolean {
    const id = this.next++;
    if (id > this.latest) {
      this.latest = id;
      return true;
    }
    // The client sends it again because it has not heard that it came.
    this.acked = Math.min(this.acked, this.latest - 1);
    return false;
  }

  private resume(sequenceId: number, wire: SessionWire): void {
    const isBack = this.expectsSequence;
    this.expectsSequence = false;
    if (sequenceId < 1 || sequenceId > this.latest + 1)
      throw new ProtocolFault("Sequence ID greater than amount of messages we've received.");
    this.next = sequenceId;
    if (!isBack) return;
    // The first that is sent again, or the next one when nothing is.
    const first = this.sent - this.kept.length + 1;
    wire.write(wire.frameSequence(first));
    this.written = first - 1;
    this.start(wire);
  }

  private acknowledge(upto: number): void {
    const count = Math.min(upto - (this.sent - this.kept.length), this.written - (this.sent - this.kept.length));
    if (count <= 0) return;
    for (const each of this.kept.splice(0, count)) this.bytes -= each.length;
    this.fullSince = undefined;
    if (this.bytes < bufferBytes) this.makeRoom();
  }

  private flush(): void {
    if (!this.wire) return;
    for (const bytes of this.kept.slice(this.kept.length - (this.sent - this.written))) this.wire.write(bytes);
    this.written = this.sent;
  }

  private makeRoom(): void {
    const roomy = this.roomy;
    this.roomy = [];
    for (const each of roomy) each();
  }
}
