import { isPusherAuth } from "../../auth/pusher-app.ts";
import { DomainError } from "../../errors.ts";
import { OutgoingChannel } from "../../realtime/local-channel.ts";
import { type ChannelKind, channelKind, maxMembers, userOfChannel } from "./channel-name.ts";
import { rawFrame, succeededFrame, toFrame } from "./frames.ts";
import { readMember } from "./member.ts";
import type { PusherConnection } from "./pusher-connection.ts";

export interface AskedChannel {
  channel: string;
  auth: string;
  channelData: string;
}

interface Member {
  userId: string;
  info: string | null;
}

/** What one has heard of a cache channel since one joined it. */
interface Heard {
  live: boolean;
  /** Version of the event that was kept when one came. */
  kept: number;
}

/** A connection's channels of the application: public, private, presence, encrypted, cache, and server-to-user. */
export class AppSubscriptions {
  /** Channel → the member as whom it is in it */
  private joined: Map<string, Member | undefined> | undefined;
  private caches: Map<string, Heard> | undefined;
  private readonly connection: PusherConnection;

  constructor(connection: PusherConnection) {
    this.connection = connection;
  }

  get size(): number {
    return this.joined?.size ?? 0;
  }

  has(channel: string): boolean {
    return this.joined?.has(channel) ?? false;
  }

  /** As whom the connection is in a presence channel. */
  memberOf(channel: string): string | undefined {
    return this.joined?.get(channel)?.userId;
  }

  async subscribe(asked: AskedChannel): Promise<void> {
    const { channel } = asked;
    const kind = channelKind(channel);
    if (!kind) return this.connection.refuse(channel, { error: "The channel's name is not valid", status: 400 });
    if (!this.isAllowed(asked, kind))
      return this.connection.refuse(channel, { error: "The signature is not valid", status: 401 });
    const member = kind.access === "presence" ? this.readMember(asked) : undefined;
    if (kind.access === "presence" && !member)
      return this.connection.refuse(channel, { error: "channel_data is not valid", status: 400 });
    if (this.has(channel)) return this.sayAgain(channel, kind);
    await this.join(channel, kind, member);
  }

  unsubscribe(channel: string): void {
    if (!this.joined?.has(channel)) return;
    const userId = this.memberOf(channel);
    this.joined.delete(channel);
    this.caches?.delete(channel);
    const { realtime } = this.connection.host;
    realtime.channels.leave(this.connection.tenantId, channel, this.connection, { userId });
  }

  /** The connection goes; its users may come back. */
  close(): void {
    const { host, tenantId } = this.connection;
    for (const [channel, member] of this.joined ?? [])
      host.realtime.channels.leave(tenantId, channel, this.connection, { userId: member?.userId, closing: true });
    this.joined = undefined;
    this.caches = undefined;
  }

  /** Notes that something is said live; false when one got it already, as what was kept. */
  noteLive({ channel, news }: OutgoingChannel): boolean {
    const heard = this.caches?.get(channel);
    const version = news.kind === "event" ? news.event.versions?.[channel] : undefined;
    if (!heard || version === undefined) return true;
    heard.live = true;
    return version > heard.kept;
  }

  /** protocols.md B5, B7. */
  private isAllowed({ channel, auth, channelData }: AskedChannel, { access }: ChannelKind): boolean {
    const { app, id, signedIn } = this.connection;
    if (access === "public") return true;
    if (access === "server-to-user") return signedIn.userId === userOfChannel(channel);
    const text = channelData === "" ? `${id}:${channel}` : `${id}:${channel}:${channelData}`;
    return isPusherAuth(app, auth, text);
  }

  /** Who is signed in needs no channel_data. */
  private readMember({ channelData }: AskedChannel): Member | undefined {
    return channelData === "" ? this.connection.signedIn.member : readMember(channelData);
  }

  private async join(channel: string, kind: ChannelKind, member: Member | undefined): Promise<void> {
    const { connection } = this;
    const { channels } = connection.host.realtime;
    const heard: Heard = { live: false, kept: 0 };
    if (kind.cache) {
      this.caches ??= new Map();
      this.caches.set(channel, heard);
    }
    try {
      const options = { member, most: member ? maxMembers : undefined };
      const { members, subscriptions } = await channels.join(connection.tenantId, channel, connection, options);
      if (connection.ended)
        return channels.leave(connection.tenantId, channel, connection, { userId: member?.userId, closing: true });
      this.joined ??= new Map();
      this.joined.set(channel, member);
      connection.write(succeededFrame(channel, members));
      // The others were told with the change, before this one listened.
      if (kind.access !== "server-to-user")
        connection.hear(new OutgoingChannel(channel, { kind: "count", subscriptions }));
    } catch (error) {
      this.caches?.delete(channel);
      if (!(error instanceof DomainError && error.code === "conflict")) throw error;
      const text = `A presence channel has at most ${maxMembers} members`;
      return connection.refuse(channel, { type: "LimitReached", error: text, status: 403 });
    }
    if (kind.cache) await this.sayCached(channel, heard);
  }

  private async sayAgain(channel: string, kind: ChannelKind): Promise<void> {
    const { host, tenantId } = this.connection;
    const look = () => host.realtime.channels.directory.look(tenantId, [channel]);
    const members = kind.access === "presence" ? (await look()).get(channel)?.members : undefined;
    this.connection.write(succeededFrame(channel, members));
  }

  private async sayCached(channel: string, heard: Heard): Promise<void> {
    const { host, tenantId, app } = this.connection;
    const { directory } = host.realtime.channels;
    const cached = await directory.cached(tenantId, channel);
    // What was said live meanwhile is what was found, or later than it.
    if (heard.live || this.caches?.get(channel) !== heard) return;
    heard.kept = cached?.version ?? 0;
    if (cached) return this.connection.write(rawFrame({ event: cached.event, channel, data: cached.data }));
    this.connection.write(toFrame({ event: "pusher:cache_miss", channel }));
    if (app.webhooks.some(({ events }) => events.includes("cache_miss")))
      directory.note(tenantId, [{ name: "cache_miss", channel, body: {} }]);
  }
}
