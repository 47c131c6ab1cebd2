import type { Principal } from "../../auth/principal.ts";
import { maxQueuedBytes } from "../../realtime/connection.ts";
import type { ClientMessage } from "./codec.ts";
import { HubConnection } from "./hub-connection.ts";
import type { EventFrames } from "./hub-events.ts";
import type { ConnectionOptions, HubHost } from "./hub-host.ts";
import type { SocketLink } from "./hub-socket.ts";
import { type SessionWire, StatefulSession } from "./stateful-session.ts";

/** How long a client may be without a socket, in ms: .NET's DisconnectTimeout. */
const graceMs = 15_000;
/** How long one that is back may take to say where it is, in ms. */
const sequenceTimeoutMs = 5000;
/** The runtime is the third thing that a client says of itself: `Microsoft SignalR/8.0 (8.0.0; Linux; .NET; .NET 8.0.0)`. */
const dotNet = /^Microsoft SignalR\/.*; \.NET; /;

/**
 * A connection that outlives its socket (HubProtocol.md, "Stateful reconnect"): a client whose socket broke opens another one to the same
 * id, and both go on where they were. `stateful` only after a handshake of version 2; before it and without, it is like any other.
 */
export class StatefulConnection extends HubConnection implements SessionWire {
  private session: StatefulSession | undefined;
  private socket: SocketLink | undefined;
  private detachedAt = 0;
  private attachedAt = 0;
  /** What was read although the connection is paused, in bytes. */
  private ahead = 0;

  constructor(host: HubHost, options: ConnectionOptions) {
    super(host, options);
    this.socket = this.link as SocketLink;
  }

  /** Whether a client may come back to it. */
  get isResumable(): boolean {
    return this.session !== undefined && this.phase === "open";
  }

  /** Whether the end of the socket of the moment has not been heard of. */
  get hasSocket(): boolean {
    return this.socket !== undefined;
  }

  /** Goes on over another socket; the one before is cut off. Nothing is said until the client has said where it is. */
  attach(link: SocketLink, principal: Principal): void {
    this.socket?.cut();
    this.lose();
    this.principal = principal;
    this.socket = link;
    this.link = link;
    this.attachedAt = this.host.now();
    this.steer();
  }

  write(bytes: Buffer): void {
    this.link.write(bytes);
  }

  frameSequence(sequenceId: number): Buffer {
    return this.frames?.codec.frame({ type: 9, sequenceId }) ?? Buffer.alloc(0);
  }

  override receive(data: Buffer): void {
    // The first word after the handshake's answer.
    if (this.phase === "open" && this.session && !this.session.waitsForSequence) this.session.start(this);
    if (this.paused) this.ahead += data.length;
    super.receive(data);
    this.steer();
  }

  override pause(): void {
    this.paused = true;
    this.ahead = 0;
    this.steer();
  }

  override socketClosed(link: SocketLink, clean: boolean): void {
    if (link !== this.socket) return;
    // Who says goodbye, even without a Close message, is not expected back.
    if (clean || !this.isResumable) this.closed();
    else this.lose();
  }

  override closed(): void {
    super.closed();
    this.session?.close();
  }

  override sweep(now: number): void {
    if (!this.session || this.phase !== "open") super.sweep(now);
    else if (!this.socket) this.sweepDetached(now);
    else if (this.session.waitsForSequence) this.sweepSilent(now);
    else super.sweep(now);
  }

  override pressure(above?: number): Promise<void> | undefined {
    return this.session?.pressure(above) ?? super.pressure();
  }

  protected override welcome(): void {
    const isFirst = this.phase === "joining";
    super.welcome();
    // .NET's client counts from the beginning, and says nothing of itself for 15 s.
    if (isFirst && dotNet.test(this.client ?? "")) this.session?.start(this);
  }

  protected override greeted(version: number): void {
    if (version >= 2) this.session = new StatefulSession();
  }

  protected override takes(message: ClientMessage): boolean {
    return this.session?.takes(message, this) ?? true;
  }

  protected override carry(bytes: Buffer, numbered: boolean): void {
    if (!this.session) super.carry(bytes, numbered);
    else if (numbered) {
      if (!this.session.send(bytes)) this.disconnect("slow_consumer");
      this.steer();
    } else if (!this.session.waitsForSequence) this.link.write(bytes);
  }

  /** A client without a socket is not there to be told, and one that is silent must not be. */
  protected override hangUp(code: number, reason: string, last?: Buffer): void {
    if (this.socket && !this.session?.waitsForSequence) super.hangUp(code, reason, last);
    else this.abandon();
  }

  protected override keepUp(now: number, frames: EventFrames): void {
    const upto = this.session?.dueAck();
    if (upto !== undefined) this.link.write(frames.codec.frame({ type: 8, sequenceId: upto }));
    if (this.session?.isStuck(now)) this.disconnect("slow_consumer");
    else super.keepUp(now, frames);
  }

  /** Who waits for a word of the client about what has come reads on, within bounds: it would never have that word. */
  private steer(): void {
    if (!this.paused) return;
    if (this.session?.needsWord && this.ahead < maxQueuedBytes) this.link.resume();
    else this.link.pause();
  }

  private lose(): void {
    this.socket = undefined;
    this.detachedAt = this.host.now();
    this.inbox.clear();
    this.session?.detach();
  }

  private sweepDetached(now: number): void {
    if (now - this.detachedAt >= graceMs) this.closed();
  }

  /**
   * A client that ended its own socket opens one to the old id by mistake, and keeps it beside its next connection: whatever came over it
   * would land there, its end too. So it stays open and silent.
   */
  private sweepSilent(now: number): void {
    if (now - this.attachedAt >= sequenceTimeoutMs) this.abandon();
  }

  private abandon(): void {
    if (this.socket) this.host.abandoned(this.socket.abandon());
    this.socket = undefined;
    this.closed();
  }
}
