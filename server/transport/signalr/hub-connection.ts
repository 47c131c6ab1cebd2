import type { Logger } from "pino";
import type { Principal } from "../../auth/principal.ts";
import { clientHashOf } from "../../caller.ts";
import type { Rate } from "../../limiter.ts";
import { type FrameWriter, maxQueuedBytes } from "../../realtime/connection.ts";
import { type DisconnectReason, disconnects } from "../../realtime/disconnect.ts";
import type { LiveConnection } from "../../realtime/live-connection.ts";
import type { Outgoing, OutgoingEphemeral, Sink, SubscribeOptions, Subscription } from "../../realtime/subscription.ts";
import { limits } from "../../schema.ts";
import type { HubAddress } from "./address.ts";
import { CallQueue, type CallSite } from "./call-queue.ts";
import { type ClientMessage, ProtocolFault, type ServerMessage } from "./codec.ts";
import { Flooding, FrameBudget } from "./frame-budget.ts";
import {
  HandshakeFault,
  handshakeAccepted,
  handshakeCanceled,
  handshakeTimeoutMs,
  readHandshake,
} from "./handshake.ts";
import type { EventFrames } from "./hub-events.ts";
import { lastWord, unreadableText } from "./last-word.ts";
import { errorText, type HubMethods } from "./methods.ts";
import { Pulse } from "./pulse.ts";

/** A longer answer than this would by itself look like a peer that does not read. */
const maxAnswerBytes = maxQueuedBytes / 2;

/** What all connections of a node share. */
export interface HubHost {
  readonly methods: HubMethods;
  readonly log: Logger;
  readonly now: () => number;
  subscribe(options: SubscribeOptions): Promise<Subscription>;
  /** The token's time is over; the host knows the tenant's grace. */
  expired(connection: HubConnection, now: number): void;
  closed(connection: HubConnection): void;
}

interface Options {
  id: string;
  principal: Principal;
  address: HubAddress;
  frameRate: Rate;
  socket: { pause(): void; resume(): void };
  makeWriter(onSlow: () => void): Pick<FrameWriter, "write" | "end" | "pressure">;
}

/**
 * - `handshake`: the client has not said its protocol
 * - `joining`: its place in the log is being found; the handshake is answered with the first thing to say, so that nothing is missed
 *   from the moment a client is told that it is connected
 * - `open`
 * - `ended`: the last word is said
 */
type Phase = "handshake" | "joining" | "open" | "ended";

/** One client of the hub. Small on purpose: no timers, and one closure. */
export class HubConnection implements LiveConnection, Sink, CallSite {
  readonly id: string;
  readonly principal: Principal;
  readonly openedAt: number;
  readonly clientId: string | undefined;
  private phase: Phase = "handshake";
  private frames: EventFrames | undefined;
  private subscription: Subscription | undefined;
  private calls: CallQueue | undefined;
  /** The beginning of a message whose end has not come. */
  private rest: Buffer | undefined;
  private address: HubAddress | undefined;
  private readonly full: boolean;
  private readonly wantsPositions: boolean;
  private leaving = false;
  private readonly pulse: Pulse;
  private readonly budget: FrameBudget;
  private readonly host: HubHost;
  private readonly socket: Options["socket"];
  private readonly writer: Pick<FrameWriter, "write" | "end" | "pressure">;

  constructor(host: HubHost, { id, principal, address, frameRate, socket, makeWriter }: Options) {
    this.host = host;
    this.id = id;
    this.principal = principal;
    this.address = address;
    this.clientId = address.clientId;
    this.full = address.full;
    this.wantsPositions = address.kinds === undefined;
    this.openedAt = host.now();
    this.pulse = new Pulse(this.openedAt);
    this.budget = new FrameBudget(frameRate, this.openedAt);
    this.socket = socket;
    this.writer = makeWriter(() => this.disconnect("slow_consumer"));
  }

  get protocol(): "signalr" {
    return "signalr";
  }

  get methods(): HubMethods {
    return this.host.methods;
  }

  /** Bytes from the client: whole messages, several of them, or parts. */
  receive(data: Buffer): void {
    if (this.phase === "ended") return;
    this.pulse.heard = true;
    try {
      this.budget.take(this.host.now());
      this.read(this.rest ? Buffer.concat([this.rest, data]) : data);
    } catch (error) {
      this.refuse(error);
    }
  }

  /** `ws` could not read the peer's frames. */
  unreadable(code: number): void {
    this.finish({ code, text: unreadableText, again: true });
  }

  /** The socket is closed. */
  closed(): void {
    this.phase = "ended";
    this.calls?.leave();
    this.subscription?.close();
    this.host.closed(this);
  }

  sweep(now: number): void {
    if (this.phase === "handshake" && now - this.openedAt >= handshakeTimeoutMs) {
      this.finish({ code: 1002, text: handshakeCanceled, again: true });
    }
    if (this.phase !== "open" || !this.frames) return;
    const due = this.pulse.sweep(now, this.calls?.busy ?? false);
    if (due === "idle") this.disconnect("idle");
    if (due === "ping") this.writer.write(this.frames.ping);
    if (this.principal.expiresAt !== undefined && now >= this.principal.expiresAt) this.host.expired(this, now);
  }

  disconnect(reason: DisconnectReason): void {
    const { again, ws, text } = disconnects[reason];
    this.finish({ code: ws, text: reason === "protocol_error" ? unreadableText : text, again });
  }

  deliver(outgoing: Outgoing): void {
    if (this.frames) this.say(this.frames.of(outgoing, this.full));
  }

  ephemeral(outgoing: OutgoingEphemeral): void {
    if (this.frames) this.say(this.frames.ofEphemeral(outgoing));
  }

  resync(reason: "expired" | "invalid", eventId: string): void {
    if (this.frames) this.say(this.frames.notice({ type: "Resync", reason, eventId }));
  }

  position(eventId: string): void {
    if (this.frames && this.wantsPositions) this.say(this.frames.notice({ type: "Position", eventId }));
  }

  pressure(): Promise<void> | undefined {
    return this.writer.pressure();
  }

  answer(message: ServerMessage): void {
    if (!this.frames || this.phase === "ended") return;
    const bytes = this.frames.codec.frame(message);
    if (bytes.length <= maxAnswerBytes) this.say(bytes);
    else if (message.type === 3)
      this.answer({ ...message, result: undefined, error: "too_large: The answer is too large" });
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  idle(): void {
    if (this.leaving) this.finish({ code: 1000, text: "" });
  }

  private read(bytes: Buffer): void {
    let at = this.phase === "handshake" ? this.greet(bytes) : 0;
    for (let extra = false; this.frames && !this.leaving && this.phase !== "ended"; ) {
      const next = this.frames.codec.read(bytes, at);
      if (!next) break;
      at = next.end;
      // Calls have limits of their own; anything else costs as much as a frame, however tightly it is packed.
      if (extra && next.message.type !== 1) this.budget.take(this.host.now());
      extra = true;
      this.take(next.message);
    }
    this.keep(bytes, at);
  }

  /** Keeps what has no end yet: a copy, so that it holds no larger buffer alive. */
  private keep(bytes: Buffer, from: number): void {
    const left = bytes.length - from;
    if (left > limits.frameBytes)
      throw new ProtocolFault(`The maximum message size of ${limits.frameBytes}B was exceeded.`);
    this.rest = left > 0 && this.phase !== "ended" && !this.leaving ? Buffer.from(bytes.subarray(from)) : undefined;
  }

  private take(message: ClientMessage): void {
    switch (message.type) {
      case 1:
      case 4:
        this.calls ??= new CallQueue(this);
        this.calls.push(message);
        if (this.subscription) void this.calls.run();
        return;
      case 6:
        this.pulse.pinged = true;
        return;
      case 7:
        // What was sent before it is still done, as .NET does.
        this.leaving = true;
        if (!this.calls?.busy) this.idle();
        return;
      default:
        // Items and ends of streams that do not exist here, and types of a newer protocol.
        return;
    }
  }

  private greet(bytes: Buffer): number {
    const handshake = readHandshake(bytes);
    if (!handshake) return 0;
    this.frames = handshake.frames;
    this.phase = "joining";
    void this.join();
    return handshake.end;
  }

  private async join(): Promise<void> {
    try {
      const { tenantId, userId = "" } = this.principal;
      const { kinds, since } = this.address ?? {};
      const clientHash = clientHashOf(tenantId, userId, this.clientId);
      this.address = undefined;
      this.subscription = await this.host.subscribe({ tenantId, userId, clientHash, kinds, since, sink: this });
      if (this.isEnded()) this.subscription.close();
      else this.welcome();
      await this.calls?.run();
    } catch (error) {
      this.host.log.warn({ err: error, connectionId: this.id }, "a hub connection could not join the log");
      this.finish({ code: disconnects.internal.ws, text: errorText(error), again: true });
    }
  }

  private isEnded(): boolean {
    return this.phase === "ended";
  }

  /** Tells the client that it is connected, once. */
  private welcome(): void {
    if (this.phase !== "joining") return;
    this.phase = "open";
    this.writer.write(handshakeAccepted);
  }

  private say(bytes: Buffer): void {
    if (this.phase === "ended") return;
    this.welcome();
    this.pulse.sent = true;
    this.writer.write(bytes);
  }

  private refuse(error: unknown): void {
    if (error instanceof HandshakeFault) this.finish({ code: 1002, text: error.message, again: false });
    else if (error instanceof Flooding) this.disconnect("flooding");
    else if (error instanceof ProtocolFault) {
      this.host.log.debug({ connectionId: this.id, fault: error.message }, "a hub client sent something unreadable");
      this.disconnect("protocol_error");
    } else {
      this.host.log.error({ err: error, connectionId: this.id }, "a hub frame could not be handled");
      this.disconnect("internal");
    }
  }

  /** The last word: a Close message, or the handshake's error before there was one. `again` left out means that the client left. */
  private finish({ code, text, again }: { code: number; text: string; again?: boolean }): void {
    if (this.phase === "ended") return;
    const connected = this.phase === "open" ? this.frames : undefined;
    const last = again === undefined ? undefined : lastWord(connected, text, again);
    this.phase = "ended";
    this.rest = undefined;
    if (again !== undefined) this.calls?.clear();
    this.subscription?.close();
    // A close frame holds 123 bytes of text (RFC 6455, 5.5).
    this.writer.end(code, Buffer.byteLength(text) > 123 ? "" : text, last);
  }
}
