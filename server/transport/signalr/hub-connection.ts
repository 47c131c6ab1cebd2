import type { Principal } from "../../auth/principal.ts";
import { clientHashOf } from "../../caller.ts";
import { type DisconnectReason, disconnects } from "../../realtime/disconnect.ts";
import type { ConnectionFacts, LiveConnection } from "../../realtime/live-connection.ts";
import type { Outgoing, OutgoingEphemeral, Sink, Subscription } from "../../realtime/subscription.ts";
import type { HubAddress } from "./address.ts";
import { answerFrame } from "./answer-frame.ts";
import type { CallSite } from "./calls.ts";
import { type ClientMessage, ProtocolFault, type ServerMessage } from "./codec.ts";
import { Dialogue } from "./dialogue.ts";
import {
  HandshakeFault,
  handshakeAccepted,
  handshakeCanceled,
  handshakeTimeoutMs,
  readHandshake,
} from "./handshake.ts";
import type { EventFrames } from "./hub-events.ts";
import type { ConnectionOptions, HubHost } from "./hub-host.ts";
import { Flooding, Inbox } from "./inbox.ts";
import { lastWord, unreadableText } from "./last-word.ts";
import { type Link, linkFacts } from "./link.ts";
import { errorText, type HubMethods } from "./methods.ts";
import { Pulse } from "./pulse.ts";
import { renewAheadMs } from "./renewals.ts";

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
  principal: Principal;
  readonly openedAt: number;
  readonly clientId: string | undefined;
  protected readonly client: string | undefined;
  readonly parallel: number;
  link: Link;
  protected phase: Phase = "handshake";
  protected frames: EventFrames | undefined;
  protected paused = false;
  protected readonly inbox: Inbox;
  protected readonly host: HubHost;
  private subscription: Subscription | undefined;
  private readonly dialogue = new Dialogue(this);
  private address: HubAddress | undefined;
  private readonly full: boolean;
  private readonly renews: boolean;
  private readonly wantsPositions: boolean;
  private leaving = false;
  private readonly pulse: Pulse;

  constructor(host: HubHost, { id, principal, client, address, frameRate, parallel, makeLink }: ConnectionOptions) {
    this.host = host;
    this.id = id;
    this.principal = principal;
    this.client = client;
    this.address = address;
    this.clientId = address.clientId;
    this.full = address.full;
    this.renews = address.renews;
    this.wantsPositions = address.kinds === undefined;
    this.parallel = parallel;
    this.openedAt = host.now();
    this.pulse = new Pulse(this.openedAt);
    this.inbox = new Inbox(frameRate, this.openedAt);
    this.link = makeLink(() => this.disconnect("slow_consumer"));
  }

  get protocol(): "signalr" {
    return "signalr";
  }

  facts(): ConnectionFacts {
    return linkFacts(this.link, this.client);
  }

  get methods(): HubMethods {
    return this.host.methods;
  }

  /** The last word is said; what comes from the client is not heard any more. */
  get isEnded(): boolean {
    return this.phase === "ended";
  }

  /** Bytes from the client: whole messages, several of them, or parts. */
  receive(data: Buffer): void {
    if (this.phase === "ended") return;
    this.pulse.heard = true;
    this.host.tapped(this, "in", data);
    try {
      this.inbox.begin(this.host.now());
      this.read(this.inbox.join(data));
    } catch (error) {
      this.refuse(error);
    }
  }

  unreadable(code: number): void {
    this.finish({ code, text: unreadableText, again: true });
  }

  socketClosed(_link: Link, _clean: boolean): void {
    this.closed();
  }

  /** Nobody is there any more. */
  closed(): void {
    const told = this.isEnded;
    this.phase = "ended";
    this.dialogue.leave();
    this.subscription?.close();
    this.host.closed(this, told);
  }

  sweep(now: number): void {
    this.link.sweep?.(now);
    if (this.phase === "handshake" && now - this.openedAt >= handshakeTimeoutMs) {
      this.finish({ code: 1002, text: handshakeCanceled, again: true });
    }
    if (this.phase !== "open" || !this.frames) return;
    this.keepUp(now, this.frames);
    const { expiresAt } = this.principal;
    if (expiresAt === undefined) return;
    if (this.renews && now >= expiresAt - renewAheadMs) this.host.expiring(this, expiresAt);
    if (now >= expiresAt) this.host.expired(this, now);
  }

  disconnect(reason: DisconnectReason): void {
    const { again, ws, text } = disconnects[reason];
    this.finish({ code: ws, text, again });
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
    return this.link.pressure();
  }

  answer(message: ServerMessage): void {
    if (!this.frames || this.phase === "ended") return;
    const bytes = answerFrame(this.frames.codec, message);
    if (bytes) this.say(bytes);
  }

  /** Calls a method of the client. Rejects with NoClientResult. */
  ask(target: string, args: unknown[]): Promise<unknown> {
    return this.dialogue.ask(target, args);
  }

  pause(): void {
    this.paused = true;
    this.link.pause();
  }

  resume(): void {
    this.paused = false;
    this.link.resume();
  }

  idle(): void {
    if (this.leaving) this.finish({ code: 1000, text: "" });
  }

  /** A message that the client numbers may have come before. */
  protected takes(_message: ClientMessage): boolean {
    return true;
  }

  /** Hands a frame to the link. */
  protected carry(bytes: Buffer, _numbered: boolean): void {
    this.link.write(bytes);
  }

  protected hangUp(code: number, reason: string, last?: Buffer): void {
    this.link.end(code, reason, last);
  }

  /** The client has said its protocol, which is spoken here. */
  protected greeted(_version: number): void {} // stateful connections want to know

  /** Pings on time, and notices a client that has gone. With long polling the polls do both. */
  protected keepUp(now: number, frames: EventFrames): void {
    if (this.link.transport === "LongPolling") return;
    const due = this.pulse.sweep(now, this.dialogue.busy);
    if (due === "idle") this.disconnect("idle");
    if (due === "ping") this.carry(frames.ping, false);
  }

  private read(bytes: Buffer): void {
    let at = this.phase === "handshake" ? this.greet(bytes) : 0;
    for (let extra = false; this.frames && !this.leaving && !this.isEnded; extra = true) {
      const next = this.frames.codec.read(bytes, at);
      if (!next) break;
      at = next.end;
      if (this.dialogue.isLimited(next.message)) this.inbox.chargeCall(this.host.now());
      else if (extra) this.inbox.charge(this.host.now());
      if (this.takes(next.message)) this.take(next.message);
    }
    if (this.isEnded || this.leaving) this.inbox.clear();
    else this.inbox.keep(bytes, at);
  }

  private take(message: ClientMessage): void {
    if (message.type === 6) this.pulse.pinged = true;
    else if (message.type === 7) {
      // What was sent before it is still done, as .NET does.
      this.leaving = true;
      if (!this.dialogue.busy) this.idle();
    } else this.dialogue.take(message);
  }

  private greet(bytes: Buffer): number {
    const handshake = readHandshake(bytes, this.link.transport !== "ServerSentEvents");
    if (!handshake) return 0;
    this.frames = handshake.frames;
    this.greeted(handshake.version);
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
      if (this.isEnded) this.subscription.close();
      else this.welcome();
      this.dialogue.start();
    } catch (error) {
      this.host.log.warn({ err: error, connectionId: this.id }, "a hub connection could not join the log");
      this.finish({ code: disconnects.internal.ws, text: errorText(error), again: true });
    }
  }

  /** Tells the client that it is connected, once. */
  protected welcome(): void {
    if (this.phase !== "joining") return;
    this.phase = "open";
    this.link.write(handshakeAccepted);
  }

  private say(bytes: Buffer): void {
    if (this.phase === "ended") return;
    this.welcome();
    this.pulse.sent = true;
    this.host.tapped(this, "out", bytes);
    this.carry(bytes, true);
  }

  private refuse(error: unknown): void {
    if (error instanceof HandshakeFault) this.finish({ code: 1002, text: error.message, again: false });
    else if (error instanceof Flooding) this.disconnect("flooding");
    else if (error instanceof ProtocolFault) {
      this.host.log.debug({ connectionId: this.id, fault: error.message }, "a hub client sent something unreadable");
      this.unreadable(error.closeCode);
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
    this.inbox.clear();
    if (again !== undefined) this.dialogue.clear();
    this.subscription?.close();
    // A close frame holds 123 bytes of text (RFC 6455, 5.5).
    this.hangUp(code, Buffer.byteLength(text) > 123 ? "" : text, last);
  }
}
