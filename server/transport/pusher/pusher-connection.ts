import type { Logger } from "pino";
import type { Principal, TenantId } from "../../auth/principal.ts";
import type { PusherApp } from "../../auth/pusher-app.ts";
import type { Rate } from "../../limiter.ts";
import { isReservedName } from "../../log-channels.ts";
import { type FrameWriter, isRelieved, payloadOf } from "../../realtime/connection.ts";
import { type DisconnectReason, disconnects, refusalOf } from "../../realtime/disconnect.ts";
import type { ConnectionFacts, LiveConnection } from "../../realtime/live-connection.ts";
import type { ChannelListener, OutgoingChannel } from "../../realtime/local-channel.ts";
import type { Realtime } from "../../realtime/realtime.ts";
import { AppSubscriptions } from "./app-subscriptions.ts";
import { signedInUser } from "./channel-name.ts";
import { ClientEvents } from "./client-events.ts";
import { type ClientMessage, readMessage, textOf, UnreadableFrame } from "./client-message.ts";
import { FrameQueue } from "./frame-queue.ts";
import {
  activityTimeout,
  channelFrame,
  errorFrame,
  establishedFrame,
  ping,
  pong,
  type Refusal,
  refusalFrame,
} from "./frames.ts";
import { LogSubscriptions } from "./log-subscriptions.ts";
import { SignedIn } from "./signed-in.ts";

/** A client answers a ping within this, in ms. */
const pongWithinMs = 30_000;
/** Whether its app is still as it was is looked up once in so many sweeps. */
const appEvery = 3;
/** A chat client listens to two channels a chat. */
const maxChannels = 2000;

/** What all connections of a node share. */
export interface PusherHost {
  readonly log: Logger;
  readonly now: () => number;
  readonly realtime: Realtime;
  /** The tenant's app as it is now; undefined when it is gone. */
  appOf(tenantId: TenantId): Promise<PusherApp | undefined>;
  /** What a grant of ours says, if it is good for this socket and channel, and its credential is still good. */
  readGrant(
    connection: PusherConnection,
    at: { channel: string; auth: string },
  ): Promise<{ principal: Principal; since: string | undefined } | undefined>;
  /** The token's time is over; the host knows the tenant's grace. */
  expired(connection: PusherConnection, now: number): void;
  closed(connection: PusherConnection): void;
}

type Writer = Pick<FrameWriter, "write" | "end" | "pressure" | "unread">;

interface Options {
  id: string;
  origin: string;
  principal: Principal;
  app: PusherApp;
  frameRate: Rate;
  /** What the client calls itself. */
  client: string | undefined;
  socket: { pause(): void; resume(): void };
  makeWriter(onSlow: () => void): Writer;
}

/** One client of a Pusher app. Anonymous until it subscribes to a channel of the log: from then on it is that user's. */
export class PusherConnection implements LiveConnection, ChannelListener {
  readonly id: string;
  readonly protocol = "pusher";
  readonly openedAt: number;
  readonly origin: string;
  readonly host: PusherHost;
  readonly writer: Writer;
  principal: Principal;
  /** As it was when last looked up. */
  app: PusherApp;
  ended = false;
  readonly apps = new AppSubscriptions(this);
  readonly logs = new LogSubscriptions(this);
  readonly signedIn = new SignedIn(this);
  private readonly client: string | undefined;
  private clientEvents: ClientEvents | undefined;
  private readonly frames: FrameQueue;
  private heardAt: number;
  private heard = false;
  private pingedAt: number | undefined;
  private sweeps = 0;

  constructor(host: PusherHost, { id, origin, principal, app, frameRate, client, socket, makeWriter }: Options) {
    this.host = host;
    this.id = id;
    this.origin = origin;
    this.principal = principal;
    this.app = app;
    this.client = client;
    this.openedAt = host.now();
    this.heardAt = this.openedAt;
    this.writer = makeWriter(() => this.disconnect("slow_consumer"));
    this.frames = new FrameQueue({ socket, rate: frameRate, now: host.now }, (message) => this.handle(message));
  }

  get tenantId(): TenantId {
    return this.principal.tenantId;
  }

  get channels(): number {
    return this.apps.size + this.logs.size;
  }

  facts(): ConnectionFacts {
    const { client, channels, writer } = this;
    return { transport: "websocket", client, subscriptions: channels, queuedBytes: writer.unread };
  }

  greet(): void {
    this.write(establishedFrame(this.id));
  }

  /** One frame from the client. */
  receive(data: Buffer): void {
    if (this.ended) return;
    this.heard = true;
    this.pingedAt = undefined;
    this.tapped("in", data);
    try {
      const message = readMessage(data);
      const beat = message.event === "pusher:ping" || message.event === "pusher:pong";
      if (beat) this.frames.spend();
      else this.frames.push(message);
      if (message.event === "pusher:ping") this.write(pong);
    } catch (error) {
      if (!(error instanceof UnreadableFrame)) throw error;
      this.frames.spend();
      this.complain(error.message);
    }
  }

  /** The socket is closed. */
  closed(): void {
    this.end();
    this.host.closed(this);
  }

  sweep(now: number): void {
    if (this.ended) return;
    this.frames.sweep(now);
    this.askAfter(now);
    if (this.principal.expiresAt !== undefined && now >= this.principal.expiresAt) this.host.expired(this, now);
    this.sweeps++;
    if (this.sweeps % appEvery === 0)
      this.lookUpApp().catch((error) => this.host.log.warn({ err: error }, "an app could not be read"));
  }

  /** Pings a client that is silent for long, and gives it up when it does not answer. */
  private askAfter(now: number): void {
    if (this.heard) this.heardAt = now;
    this.heard = false;
    if (this.pingedAt !== undefined && now - this.pingedAt > pongWithinMs) this.disconnect("no_pong");
    if (this.pingedAt !== undefined || now - this.heardAt <= activityTimeout * 1000) return;
    this.pingedAt = now;
    this.write(ping);
  }

  disconnect(reason: DisconnectReason): void {
    const { pusher, text } = disconnects[reason];
    this.finish(pusher, text);
  }

  /** Something of a channel. */
  hear(outgoing: OutgoingChannel): void {
    const { channel, news } = outgoing;
    const user = signedInUser(channel);
    if (user !== undefined) this.signedIn.hear(user, news);
    else if (!this.apps.noteLive(outgoing)) return;
    else if (news.kind !== "count" || (this.app.subscriptionCounts && !channel.startsWith("presence-")))
      this.write(channelFrame(outgoing, this.tenantId));
  }

  leftOut(outgoing: OutgoingChannel): void {
    this.apps.noteLive(outgoing); // for it what the channel kept before is old as well
  }

  taken(channel: string): void {
    this.logs.drop(channel, "Presence is not shown in this chat");
  }

  write(bytes: Buffer): void {
    if (this.ended) return;
    this.tapped("out", bytes);
    this.writer.write(bytes);
  }

  /** For whoever inspects the tenant's frames. */
  private tapped(kind: "in" | "out", data: Buffer): void {
    const { tap } = this.host.realtime;
    if (!tap.on) return;
    const payload = kind === "out" ? payloadOf(data) : data;
    tap.frame(this, kind, { bytes: payload.length, read: () => payload.toString("utf8") });
  }

  complain(message: string, code: number | null = null): void {
    this.write(errorFrame(message, code));
  }

  refuse(channel: string, refusal: Refusal): void {
    this.write(refusalFrame(channel, refusal));
  }

  /** From now on the connection is a user's. False when it has ended, when that user has too many, or it cannot be done: then it is being closed. */
  identify(principal: Principal): boolean {
    if (this.ended) return false; // registered anew it would stay for ever
    const become = () => {
      this.principal = principal;
    };
    try {
      this.host.realtime.identify(this, become);
      return true;
    } catch (error) {
      const reason = refusalOf(error);
      if (reason === "internal")
        this.host.log.error({ err: error, connectionId: this.id }, "a Pusher connection could not become a user's");
      this.disconnect(reason);
      return false;
    }
  }

  /** The app as it is now; undefined when it has gone from under the connection, which is being closed then. */
  async lookUpApp(): Promise<PusherApp | undefined> {
    const app = await this.host.appOf(this.tenantId);
    if (!app || app.key !== this.app.key) this.finish(4001, "There is no app of this key");
    else if (!app.enabled) this.finish(4003, "The app is disabled");
    else this.app = app;
    return this.ended ? undefined : app;
  }

  /** Never rejects: what one frame breaks is told to its sender, or ends this connection and no other. */
  private async handle(message: ClientMessage): Promise<void> {
    if (this.ended) return;
    try {
      if (await this.lookUpApp()) await this.dispatch(message);
      // The next is answered when the client has read enough of this one's answer.
      if (!(await isRelieved(this.writer.pressure()))) this.disconnect("slow_consumer");
    } catch (error) {
      this.host.log.warn(
        { err: error, connectionId: this.id, event: message.event },
        "a Pusher frame could not be handled",
      );
      this.disconnect("internal");
    }
  }

  private async dispatch(message: ClientMessage): Promise<void> {
    const { event, data } = message;
    const channel = textOf(data, "channel");
    switch (event) {
      case "pusher:subscribe":
        return this.subscribe(channel, data);
      case "pusher:unsubscribe":
        return isReservedName(channel) ? this.logs.unsubscribe(channel) : this.apps.unsubscribe(channel);
      case "pusher:signin":
        return this.signedIn.signIn({ auth: textOf(data, "auth"), userData: textOf(data, "user_data") });
      default:
        if (!event.startsWith("client-")) return this.complain("There is no such event for clients to send");
        this.clientEvents ??= new ClientEvents(this);
        this.clientEvents.take(message);
    }
  }

  private subscribe(channel: string, data: unknown): Promise<void> | void {
    if (this.channels >= maxChannels && !this.apps.has(channel) && !this.logs.has(channel)) {
      const error = `A connection listens to at most ${maxChannels} channels`;
      return this.refuse(channel, { type: "LimitReached", error, status: 403 });
    }
    const asked = { channel, auth: textOf(data, "auth"), channelData: textOf(data, "channel_data") };
    return isReservedName(channel) ? this.logs.subscribe(asked) : this.apps.subscribe(asked);
  }

  /** The last word, by the code alone: protocols.md B6. */
  private finish(code: number, text: string): void {
    if (this.ended) return;
    this.end();
    this.writer.end(code, text, errorFrame(text, code));
  }

  private end(): void {
    if (this.ended) return;
    this.ended = true;
    this.frames.clear();
    this.apps.close();
    this.logs.close();
    this.signedIn.close();
  }
}
