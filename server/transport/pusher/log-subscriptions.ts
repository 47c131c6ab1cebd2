import { clientHashOf } from "../../caller.ts";
import type { LogEvent } from "../../events.ts";
import { type ReservedName, readReservedName } from "../../log-channels.ts";
import type { DisconnectReason } from "../../realtime/disconnect.ts";
import type { Outgoing, OutgoingEphemeral, Sink, Subscription } from "../../realtime/subscription.ts";
import { entering } from "../../realtime/tenant-hub.ts";
import type { AskedChannel } from "./app-subscriptions.ts";
import { catchUp, keepWaiting, type LogChannel } from "./catch-up.ts";
import { ephemeralFrame, logFrame, succeededFrame, toFrame } from "./frames.ts";
import type { PusherConnection } from "./pusher-connection.ts";

/**
 * A connection's channels of the tenant's log. One reader of the log for all of them, begun with the first: it is the user's whose grant
 * came with that, and so is the connection from then on.
 */
export class LogSubscriptions implements Sink {
  private listening: Map<string, LogChannel> | undefined;
  private subscription: Subscription | undefined;
  private clientHash: string | undefined;
  private readonly connection: PusherConnection;

  constructor(connection: PusherConnection) {
    this.connection = connection;
  }

  get size(): number {
    return this.listening?.size ?? 0;
  }

  has(channel: string): boolean {
    return this.listening?.has(channel) ?? false;
  }

  async subscribe({ channel, auth }: AskedChannel): Promise<void> {
    const { connection } = this;
    const name = readReservedName(channel);
    const grant = name && (await connection.host.readGrant(connection, { channel, auth }));
    if (connection.ended) return;
    if (!name || !grant) {
      const error = "The auth is not one of POST /pusher/auth for this socket and channel, or no longer good";
      return connection.refuse(channel, { error, status: 401 });
    }
    if (!this.isOwner(grant.principal.userId))
      return connection.refuse(channel, { error: "The connection is another user's", status: 403 });
    if (!(await this.begin(grant.principal))) return;
    if (!(await this.mayListen(name)))
      return connection.refuse(channel, { error: "This is not a channel of this user", status: 403 });
    if (connection.ended) return;
    await (name.kind === "presence" ? this.joinPresence(channel, name) : this.join(channel, name, grant.since));
  }

  unsubscribe(channel: string): void {
    const log = this.listening?.get(channel);
    if (!log) return;
    this.listening?.delete(channel);
    const { host, tenantId } = this.connection;
    if (log.name.kind === "presence") host.realtime.chatPresence.leave(tenantId, log.name.id, this.connection);
  }

  close(): void {
    for (const channel of [...(this.listening?.keys() ?? [])]) this.unsubscribe(channel);
    this.subscription?.close();
    this.connection.host.realtime.hub.abandon(this);
  }

  deliver(outgoing: Outgoing): void {
    const { event } = outgoing;
    const me = this.connection.principal.userId ?? "";
    if (event.type.startsWith("member.")) this.connection.host.realtime.chatPresence.moved(event);
    if (entering(event).includes(me)) this.readmit(event.chatId);
    if (event.chatId !== undefined) this.offer(`private-chat-${event.chatId}`, outgoing);
    if (isOwn(event, me)) this.offer(`private-user-${me}`, outgoing);
    if (event.chatId !== undefined && endsFor(event, me)) this.expel(event.chatId);
  }

  ephemeral(outgoing: OutgoingEphemeral): void {
    const { chatId, type } = outgoing.event;
    const channel = `private-chat-${chatId}`;
    // Presence comes over presence-chat-…, by those who come and go.
    if (type !== "presence" && this.has(channel)) this.connection.write(ephemeralFrame(channel, outgoing));
  }

  resync(reason: "expired" | "invalid", eventId: string): void {
    for (const [channel, { name }] of this.listening ?? [])
      if (name.kind !== "presence")
        this.connection.write(toFrame({ event: "parley:resync", channel, data: { reason, eventId } }));
  }

  /** The place of all channels: none while one of them catches up. */
  position(eventId: string): void {
    const logs = [...(this.listening?.values() ?? [])];
    if (logs.length > 0 && logs.every(({ waiting }) => !waiting))
      this.connection.write(toFrame({ event: "parley:position", data: { eventId } }));
  }

  disconnect(reason: DisconnectReason): void {
    this.connection.disconnect(reason);
  }

  pressure(): Promise<void> | undefined {
    return this.connection.writer.pressure();
  }

  /** A live event, for a channel that is listened to: kept while the channel catches up, left out where its replay had it. */
  offer(channel: string, outgoing: Outgoing): void {
    const log = this.listening?.get(channel);
    if (!log) return;
    if (log.waiting) keepWaiting(log.waiting, outgoing);
    else if (outgoing.event.position > log.replayedTo && !this.isMine(outgoing.event))
      this.connection.write(logFrame(channel, outgoing));
  }

  /** Live events that a page caused itself are left out for it; they are named by its socket's id. */
  private isMine({ clientHash }: LogEvent): boolean {
    return clientHash !== undefined && clientHash === this.clientHash;
  }

  /** Whether a channel is still listened to in this way. */
  isCurrent(channel: string, log: LogChannel): boolean {
    return !this.connection.ended && this.listening?.get(channel) === log;
  }

  /** The last word on a channel that is not this user's any more. */
  drop(channel: string, error = "You are no longer in this chat"): void {
    this.unsubscribe(channel);
    this.connection.refuse(channel, { error, status: 403 });
  }

  private isOwner(userId: string | undefined): boolean {
    const mine = this.connection.principal.userId;
    return userId !== undefined && (mine === undefined || mine === userId);
  }

  /** Begins to read the log as the user. False when the connection has ended. */
  private async begin(principal: PusherConnection["principal"]): Promise<boolean> {
    const { connection } = this;
    const { tenantId, userId = "" } = principal;
    if (connection.principal.userId === undefined) {
      if (!connection.identify(principal)) return false;
      this.clientHash = clientHashOf(tenantId, userId, connection.id);
    } else if ((principal.expiresAt ?? Infinity) > (connection.principal.expiresAt ?? Infinity))
      connection.principal = principal;
    if (!this.subscription) {
      const subscription = await connection.host.realtime.subscribe({ tenantId, userId, sink: this });
      if (connection.ended) subscription.close();
      this.subscription = subscription;
    }
    return !connection.ended;
  }

  private async mayListen({ kind, id }: ReservedName): Promise<boolean> {
    const { principal, host, tenantId } = this.connection;
    if (kind === "presence" && !(await host.realtime.chatPresence.shows(tenantId))) return false;
    return kind === "user" ? id === principal.userId : host.realtime.hub.sees(tenantId, principal.userId ?? "", id);
  }

  private async join(channel: string, name: ReservedName, since: string | undefined): Promise<void> {
    const log: LogChannel = { name, waiting: since === undefined ? undefined : [], replayedTo: 0 };
    this.listening ??= new Map();
    this.listening.set(channel, log);
    this.connection.write(succeededFrame(channel));
    if (since !== undefined) await catchUp(this.connection, { channel, log, since });
  }

  private async joinPresence(channel: string, name: ReservedName): Promise<void> {
    const { connection } = this;
    const { realtime } = connection.host;
    if (this.has(channel)) this.unsubscribe(channel);
    await realtime.settlePresence();
    const at = { tenantId: connection.tenantId, chatId: name.id, channel };
    const members = await realtime.chatPresence.join(at, connection);
    // Who was taken out while the others were looked up is not among them any more.
    if (connection.ended || !(await this.mayListen(name))) {
      realtime.chatPresence.leave(connection.tenantId, name.id, connection);
      return connection.refuse(channel, { error: "This is not a channel of this user", status: 403 });
    }
    this.listening ??= new Map();
    this.listening.set(channel, { name, waiting: undefined, replayedTo: 0 });
    connection.write(succeededFrame(channel, members));
  }

  /** Who is back before the replay is at its end stays. */
  private readmit(chatId: string | undefined): void {
    const log = this.listening?.get(`private-chat-${chatId}`);
    if (log) log.over = false;
  }

  /** Who is out of a chat hears nothing more of it; one that is still being replayed is told at its end. */
  private expel(chatId: string): void {
    const channel = `private-chat-${chatId}`;
    const log = this.listening?.get(channel);
    if (log?.waiting) log.over = true;
    else if (log) this.drop(channel);
    if (this.has(`presence-chat-${chatId}`)) this.drop(`presence-chat-${chatId}`);
  }
}

/** What a user's own channel carries: what is for that user alone, and what brings it into a chat or out of it. */
function isOwn(event: LogEvent, userId: string): boolean {
  return event.userId === userId || entering(event).includes(userId) || endsFor(event, userId);
}

function endsFor({ type, payload }: LogEvent, userId: string): boolean {
  return type === "chat.deleted" || (type === "member.removed" && payload.userId === userId);
}
