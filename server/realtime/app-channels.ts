import type { Pool } from "pg";
import type { TenantId } from "../auth/principal.ts";
import { DomainError } from "../errors.ts";
import type { BusMessage, ChannelChange, ChannelEvent } from "../log/bus/bus.ts";
import { ChannelDirectory } from "./channel-directory.ts";
import { Roster, type RosterNews } from "./channel-roster.ts";
import { type ChangedChannel, changeChannels, dropDeadChannels, dropDeadOf, findRosters } from "./channel-store.ts";
import { ChannelWriter } from "./channel-writer.ts";
import { type ChannelListener, type ChannelNews, LocalChannel, OutgoingChannel } from "./local-channel.ts";
import { RosterReader } from "./roster-reader.ts";

/** A reload is not a leave, in ms. */
const defaultGrace = 3000;
/** Up to so many listeners every change of their number is told, above it once in some seconds. */
const countedClosely = 100;
const countEvery = 5;
const compareEvery = 10;
const comparedAtOnce = 1000;

interface Options {
  pool: Pool;
  nodeId: string;
  /** To the other nodes. */
  say(message: BusMessage): void;
  onError(error: unknown): void;
  grace?: number | undefined;
}

export interface JoinOptions {
  /** Who comes in, where the channel shows who is there. */
  member?: { userId: string; info: string | null } | undefined;
  /** How many members there may be. */
  most?: number | undefined;
}

export interface Joined {
  subscriptions: number;
  /** User → info, of a channel that shows who is there. */
  members: ReadonlyMap<string, string | null> | undefined;
}

/**
 * Channels of applications, over all nodes. Who listens and who is there is in Postgres, so that every node answers the same and a dead
 * one's part can be taken out; what is said goes over the bus, at most once, in order for each sender.
 */
export class AppChannels {
  /** What there is, as the database has it. */
  readonly directory: ChannelDirectory;
  private readonly tenants = new Map<TenantId, Map<string, LocalChannel>>();
  private readonly tidied = new Set<TenantId>();
  private readonly writer: ChannelWriter;
  private readonly reader: RosterReader;
  private readonly options: Options;
  private readonly grace: number;
  private ticks = 0;
  private comparedAt = 0;

  constructor(options: Options) {
    this.options = options;
    this.grace = options.grace ?? defaultGrace;
    this.directory = new ChannelDirectory({ ...options, tidy: (...of) => this.tidy(...of) });
    this.reader = new RosterReader(options.pool);
    this.writer = new ChannelWriter({
      find: (tenantId, channel) => this.tenants.get(tenantId)?.get(channel),
      write: (tenantId, input) => changeChannels(options.pool, tenantId, options.nodeId, input),
      onChanges: (tenantId, changes) => this.announce(tenantId, changes),
      onError: options.onError,
      grace: this.grace,
    });
  }

  /**
   * Begins to listen. When it resolves, all nodes count the listener, and it hears everything from then on. Throws `conflict` when there
   * is no room for the member, and what the database throws.
   */
  async join(
    tenantId: TenantId,
    channel: string,
    listener: ChannelListener,
    { member, most }: JoinOptions = {},
  ): Promise<Joined> {
    const local = this.ensure(tenantId, channel);
    local.connections++;
    if (member) local.enter(member.userId, member.info, most);
    try {
      const change = await this.writer.settle(tenantId, channel);
      if (member && change.refused.includes(member.userId))
        throw new DomainError("conflict", { detail: `The channel has ${most} members` });
      if (member) await this.rosterOf(tenantId, channel, local).ready();
      local.hearers.add(listener);
      if (member) local.followers.add(listener);
      return { subscriptions: local.total, members: member ? local.roster?.members : undefined };
    } catch (error) {
      local.connections--;
      if (member) local.leave(member.userId, undefined);
      this.writer.mark(tenantId, channel);
      throw error;
    }
  }

  /** @param options `closing`: the connection goes; its user may come back within the grace */
  leave(
    tenantId: TenantId,
    channel: string,
    listener: ChannelListener,
    { userId, closing = false }: { userId?: string | undefined; closing?: boolean } = {},
  ): void {
    const local = this.tenants.get(tenantId)?.get(channel);
    if (!local) return;
    local.hearers.delete(listener);
    local.followers.delete(listener);
    local.connections = Math.max(0, local.connections - 1);
    if (userId !== undefined) local.leave(userId, closing ? Date.now() : undefined);
    this.writer.mark(tenantId, channel);
  }

  /** Hears who comes and goes without being counted; resolves with those that have members. Throws what the database throws, and hears nothing. */
  async watch(tenantId: TenantId, channels: string[], listener: ChannelListener): Promise<Set<string>> {
    const rosters = channels.map((channel) => {
      const local = this.ensure(tenantId, channel);
      local.followers.add(listener);
      return { channel, roster: this.rosterOf(tenantId, channel, local) };
    });
    try {
      await Promise.all(rosters.map(({ roster }) => roster.ready()));
    } catch (error) {
      this.unwatch(tenantId, channels, listener);
      throw error;
    }
    return new Set(rosters.filter(({ roster }) => roster.members.size > 0).map(({ channel }) => channel));
  }

  unwatch(tenantId: TenantId, channels: string[], listener: ChannelListener): void {
    for (const channel of channels) {
      this.tenants.get(tenantId)?.get(channel)?.followers.delete(listener);
      this.prune(tenantId, channel);
    }
  }

  /** Says something to all who listen, on every node, but the connection named. May be lost. */
  publish(tenantId: TenantId, event: ChannelEvent): void {
    this.deliver(tenantId, event);
    this.options.say({ kind: "channel-event", tenantId, event });
  }

  /** Resolves when who has come or gone on this node by now is counted so everywhere. */
  catchUp(tenantId: TenantId): Promise<void> {
    return this.writer.catchUp(tenantId);
  }

  /** What another node says. */
  receive(message: BusMessage): void {
    if (message.kind === "channel-event") this.deliver(message.tenantId, message.event);
    else if (message.kind === "channel-changes") this.apply(message.tenantId, message.changes);
  }

  /** About once a second: those whose grace is over leave, large channels tell their number. */
  sweep(now: number): void {
    this.ticks++;
    for (const [tenantId, channels] of this.tenants)
      for (const [name, local] of channels) {
        if (local.expires(now, this.grace)) this.writer.mark(tenantId, name);
        if (local.countDue && this.ticks % countEvery === 0) this.tellCount(name, local);
      }
    this.writer.resume();
  }

  /** What asks the database beside the calls: takes out what dead nodes hold, and finds what the bus lost. */
  async keepHouse(): Promise<void> {
    for (const tenantId of this.tenants.keys()) if (!this.tidied.has(tenantId)) await this.tidy(tenantId);
    // Not at a tick of its own: rounds that take long pass over some.
    if (this.ticks - this.comparedAt >= compareEvery) await this.compare();
  }

  nodeLost(): void {
    this.tidied.clear();
  }

  /** The others may have taken this node for dead: what it holds is written anew. */
  lapsed(): void {
    for (const [tenantId, channels] of this.tenants)
      for (const [name, local] of channels) {
        local.forgetWritten();
        this.writer.mark(tenantId, name);
      }
  }

  async flush(): Promise<void> {
    await Promise.all([this.writer.flush(), this.directory.flush()]);
  }

  private async tidy(tenantId: TenantId, channels?: string[]): Promise<void> {
    const { pool } = this.options;
    if (channels) return this.announce(tenantId, await dropDeadOf(pool, tenantId, channels));
    this.tidied.add(tenantId); // first: a node that is lost meanwhile takes it out again
    try {
      this.announce(tenantId, await dropDeadChannels(pool, tenantId));
    } catch (error) {
      this.tidied.delete(tenantId);
      throw error;
    }
  }

  /** Finds what the bus lost: of some channels who is in them, of the others how many listen. */
  private async compare(): Promise<void> {
    this.comparedAt = this.ticks;
    for (const [tenantId, channels] of this.tenants) {
      const known = [...channels].flatMap(([channel, local]) => {
        const version = local.known(channel);
        return version === undefined ? [] : [{ channel, version }];
      });
      for (let at = 0; at < known.length; at += comparedAtOnce) {
        const some = known.slice(at, at + comparedAtOnce);
        const versions = new Map(some.map(({ channel, version }) => [channel, version]));
        for (const found of await findRosters(this.options.pool, tenantId, some)) {
          const local = channels.get(found.channel);
          if (!local) continue;
          if (!local.roster) this.count(local, found);
          // What has moved meanwhile may be newer than what was read.
          else if (local.roster.version === versions.get(found.channel)) local.roster.set(found.version, found.members);
        }
      }
    }
  }

  private announce(tenantId: TenantId, changed: ChangedChannel[]): void {
    const changes = changed.map(({ refused, ...change }) => change);
    this.apply(tenantId, changes);
    const news = changes.filter(
      ({ channel, added, removed }) => added.length + removed.length > 0 || !channel.startsWith("#"),
    );
    if (news.length > 0) this.options.say({ kind: "channel-changes", tenantId, changes: news });
    for (const { channel } of changes) this.prune(tenantId, channel);
  }

  private apply(tenantId: TenantId, changes: ChannelChange[]): void {
    for (const change of changes) {
      const local = this.tenants.get(tenantId)?.get(change.channel);
      if (!local) continue;
      local.roster?.apply(change);
      this.count(local, change);
    }
  }

  private count(local: LocalChannel, told: Pick<ChannelChange, "channel" | "version" | "subscriptions">): void {
    if (local.count(told) && local.total <= countedClosely) this.tellCount(told.channel, local);
  }

  private tellCount(channel: string, local: LocalChannel): void {
    local.countDue = false;
    tell(local.hearers, new OutgoingChannel(channel, { kind: "count", subscriptions: local.total }));
  }

  private deliver(tenantId: TenantId, event: ChannelEvent): void {
    const channels = this.tenants.get(tenantId);
    if (!channels) return;
    for (const channel of event.channels) {
      const local = channels.get(channel);
      if (local) tell(local.hearers, new OutgoingChannel(channel, { kind: "event", event }), event.except);
    }
  }

  private rosterOf(tenantId: TenantId, channel: string, local: LocalChannel): Roster {
    local.roster ??= new Roster({
      read: () => this.reader.read(tenantId, channel),
      onNews: (news) => tellNews(channel, local, news),
      onError: this.options.onError,
    });
    return local.roster;
  }

  private ensure(tenantId: TenantId, channel: string): LocalChannel {
    const channels = this.tenants.get(tenantId) ?? new Map<string, LocalChannel>();
    this.tenants.set(tenantId, channels);
    const local = channels.get(channel) ?? new LocalChannel();
    channels.set(channel, local);
    return local;
  }

  private prune(tenantId: TenantId, channel: string): void {
    const channels = this.tenants.get(tenantId);
    if (!channels?.get(channel)?.idle) return;
    channels.delete(channel);
    if (channels.size === 0) this.tenants.delete(tenantId);
  }
}

function tellNews(channel: string, { followers }: LocalChannel, { joined, left }: RosterNews): void {
  const say = (news: ChannelNews) => tell(followers, new OutgoingChannel(channel, news));
  for (const userId of left) say({ kind: "left", userId });
  for (const [userId, info] of joined) say({ kind: "joined", userId, info });
}

function tell(listeners: Iterable<ChannelListener>, outgoing: OutgoingChannel, except?: string): void {
  for (const listener of listeners) {
    if (listener.id === except) listener.leftOut?.(outgoing);
    else listener.hear(outgoing);
  }
}
