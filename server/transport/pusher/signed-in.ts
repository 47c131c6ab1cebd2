import { isPusherAuth } from "../../auth/pusher-app.ts";
import type { ChannelNews } from "../../realtime/local-channel.ts";
import { signedInChannel, signedInUser } from "./channel-name.ts";
import { toFrame } from "./frames.ts";
import { readUser, type SaidMember } from "./member.ts";
import type { PusherConnection } from "./pusher-connection.ts";

const maxWatched = 100;

/** The user whom the application has signed in on a connection, and whom it watches; protocols.md B7. */
export class SignedIn {
  /** In presence channels, when nothing else is said. */
  member: SaidMember | undefined;
  private watched: Set<string> | undefined;
  private readonly connection: PusherConnection;

  constructor(connection: PusherConnection) {
    this.connection = connection;
  }

  get userId(): string | undefined {
    return this.member?.userId;
  }

  /** A bad signature leaves the connection what it was: its code as a close would keep pusher-js away for good. */
  async signIn({ auth, userData }: { auth: string; userData: string }): Promise<void> {
    const { connection } = this;
    if (!isPusherAuth(connection.app, auth, `${connection.id}::user::${userData}`))
      return connection.complain("The signature of user_data is not valid", 4009);
    const user = readUser(userData);
    if (!user) return connection.complain("user_data is not valid: it needs an id of 1 to 128 characters", 4009);
    if (this.userId !== undefined && this.userId !== user.userId)
      return connection.complain("The connection is signed in as another user", 4009);
    const isNew = this.member === undefined;
    if (isNew && !(await this.enter(user.userId))) return;
    this.member = { userId: user.userId, info: user.info };
    connection.write(toFrame({ event: "pusher:signin_success", data: { user_data: userData } }));
    if (isNew) await this.watch(user.watchlist);
  }

  /** News of where a signed-in user is counted: oneself is to go, or somebody who is watched comes or goes. */
  hear(userId: string, news: ChannelNews): void {
    if (news.kind === "event" && userId === this.userId) this.connection.disconnect("terminated");
    if (!this.watched?.has(userId)) return;
    if (news.kind === "joined") this.tell("online", [userId]);
    else if (news.kind === "left") this.tell("offline", [userId]);
  }

  close(): void {
    const { host, tenantId } = this.connection;
    if (this.member) {
      const { userId } = this.member;
      const channel = signedInChannel(userId);
      host.realtime.channels.leave(tenantId, channel, this.connection, { userId, closing: true });
    }
    const watched = [...(this.watched ?? [])].map(signedInChannel);
    host.realtime.channels.unwatch(tenantId, watched, this.connection);
    this.member = undefined;
    this.watched = undefined;
  }

  /** False when the connection has gone meanwhile. */
  private async enter(userId: string): Promise<boolean> {
    const { connection } = this;
    const { channels } = connection.host.realtime;
    const channel = signedInChannel(userId);
    await channels.join(connection.tenantId, channel, connection, { member: { userId, info: null } });
    if (!connection.ended) return true;
    channels.leave(connection.tenantId, channel, connection, { userId, closing: true });
    return false;
  }

  private async watch(watchlist: string[]): Promise<void> {
    const { connection } = this;
    if (watchlist.length > maxWatched)
      connection.complain(`A watchlist has at most ${maxWatched} users: the first of them are watched`, 4302);
    const channels = watchlist.slice(0, maxWatched).map(signedInChannel);
    if (channels.length === 0) return;
    const { realtime } = connection.host;
    const online = await realtime.channels.watch(connection.tenantId, channels, connection);
    if (connection.ended) return realtime.channels.unwatch(connection.tenantId, channels, connection);
    this.watched = new Set(watchlist.slice(0, maxWatched));
    const users = [...online].flatMap((channel) => signedInUser(channel) ?? []);
    if (users.length > 0) this.tell("online", users);
  }

  private tell(name: "online" | "offline", user_ids: string[]): void {
    const data = { events: [{ name, user_ids }] };
    this.connection.write(toFrame({ event: "pusher_internal:watchlist_events", data }));
  }
}
