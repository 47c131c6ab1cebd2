import type { Principal, TenantId } from "../auth/principal.ts";
import type { EphemeralEvent } from "../events.ts";
import type { Bus, BusMessage } from "../log/bus/bus.ts";
import type { Cursors } from "../log/cursor.ts";
import type { Database } from "../persistence/database.ts";
import type { Live, PresenceState } from "../services.ts";
import { AppChannels } from "./app-channels.ts";
import { ChatPresence } from "./chat-presence.ts";
import { ConnectionList } from "./connection-list.ts";
import { Connections } from "./connections.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Hub } from "./hub.ts";
import type { LiveConnection } from "./live-connection.ts";
import { NodeUrls } from "./node-urls.ts";
import { Presence } from "./presence.ts";
import { type Replayed, type ReplayOptions, replay } from "./replay.ts";
import { SmallTalk } from "./small-talk.ts";
import { findPresence } from "./store.ts";
import type { Sink, SubscribeOptions, Subscription } from "./subscription.ts";
import { Tap } from "./tap.ts";
import { Waiters } from "./waiters.ts";

export type Recheck = (principal: Principal) => Promise<"ok" | "revoked" | "expired">;

interface Options {
  db: Database;
  cursors: Cursors;
  bus: Bus;
  nodeId: string;
  recheck: Recheck;
  onRecheck(tenantId: TenantId): void;
  /** Whether a tenant lets its users see who is there; all do when left out. */
  shows?(tenantId: TenantId): Promise<boolean>;
  onError(error: unknown): void;
  /** How long somebody without a connection still counts as here, in ms. */
  grace?: number;
  /** How long a backfill waits for a peer that does not read, in ms. */
  patience?: number;
}

const second = 1000;
/** More than one, or who is last of many would wait long; few, or there would be none of the pool left for the calls. */
const tenantsAtOnce = 4;

/** The live side of a node: hub, presence, open connections and the word from other nodes. */
export class Realtime implements Live {
  readonly hub: Hub;
  /** Channels of applications. */
  readonly channels: AppChannels;
  /** Who of a chat is there. */
  readonly chatPresence: ChatPresence;
  /** What operators see of the frames on the wire. */
  readonly tap: Tap;
  readonly waitForEvent: Live["waitForEvent"] = (...asked) => this.waiters.wait(...asked);
  readonly inspect: Live["inspect"] = (tenantId, options) => this.tap.read(tenantId, options);
  private readonly presences: Presence;
  private readonly connections = new Connections();
  private readonly waiters: Waiters;
  private readonly list: ConnectionList;
  private readonly talk = new SmallTalk((event) => this.say(event));
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly urls: NodeUrls;
  private readonly heart: Heartbeat;
  private ticks = 0;
  private rounds = 0;
  private housekeeping: Promise<void> | undefined;
  private readonly options: Options;

  constructor(options: Options) {
    this.options = options;
    this.hub = new Hub(options);
    const { pool } = options.db;
    this.urls = new NodeUrls(pool);
    this.heart = new Heartbeat({ ...options, pool, onBeat: (found) => this.beaten(found) });
    this.chatPresence = new ChatPresence({ ...options, pool });
    this.presences = new Presence({
      ...options,
      pool,
      hub: this.hub,
      onNews: (tenantId, state, chatIds) => this.chatPresence.news(tenantId, state, chatIds),
    });
    this.channels = new AppChannels({ ...options, grace: undefined, pool, say: (message) => this.pass(message) });
    this.waiters = new Waiters(this.hub);
    this.list = new ConnectionList({ ...options, connections: this.connections });
    this.tap = new Tap({ nodeId: options.nodeId, now: Date.now, say: (message) => this.pass(message) });
    options.bus.onMessage((message) => {
      if (message.kind === "wake") this.hub.wake(message.tenantId);
      else if (message.kind === "ephemeral") this.hub.ephemeral(message.event);
      else if (message.kind === "hello") this.heart.greeted();
      else if (message.kind === "recheck") void this.recheckAnew(message.tenantId);
      else if (message.kind === "disconnect") this.list.end(message.tenantId, message.connectionId);
      else if (message.kind === "inspect" || message.kind === "frames") this.tap.receive(message);
      else this.channels.receive(message);
    });
    options.db.onCommit((tenantId) => {
      if (!this.heart.alone) options.bus.publish({ kind: "wake", tenantId });
    });
  }

  get size(): number {
    return this.connections.size;
  }

  /** Open connections of this node, by tenant. */
  readonly connectionCounts = () => this.connections.counts();

  /** How many nodes share the work, this one included. */
  get nodes(): number {
    return this.heart.nodes;
  }

  /** Begins to beat, sweep and poll. */
  async start(): Promise<void> {
    await this.heart.start();
    this.options.bus.publish({ kind: "hello", nodeId: this.options.nodeId });
    this.timers.push(setInterval(() => this.tick(), second).unref());
    this.timers.push(setInterval(() => this.flushEphemeral(), 200).unref());
  }

  /** Tells every connection to come back elsewhere, then leaves. */
  async close(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    this.connections.end();
    this.waiters.close();
    await this.housekeeping;
    await Promise.all([this.presences.flush(), this.channels.flush(), this.list.flush()]);
    await this.heart.end();
  }

  /** Reads the log from now, or from `since`. See Hub.subscribe. */
  subscribe(options: SubscribeOptions): Promise<Subscription> {
    return this.hub.subscribe(options);
  }

  /** The reader behind a sink has gone before its subscription was there. */
  abandon(sink: Sink): void {
    this.hub.abandon(sink);
  }

  /** Where other nodes reach this one: told to them at once. */
  reachableAt(url: string): Promise<void> {
    return this.heart.reachableAt(url);
  }

  /** Where a node that takes work is reached; undefined when there is none of that id. */
  urlOf(nodeId: string): Promise<string | undefined> {
    return this.urls.of(nodeId);
  }

  /** Registers an open connection. Throws `rate_limited` when its user has too many. */
  open(connection: LiveConnection, as: "connect" | "identify" = "connect"): void {
    this.connections.add(connection);
    this.list.opened(connection);
    const { userId, tenantId } = connection.principal;
    if (userId !== undefined) this.presences.connected(tenantId, userId);
    if (this.tap.on) this.tap.event(connection, as);
  }

  /** A connection that was nobody's is a user's from now on, which `become` makes true. Throws `rate_limited`: then it is registered no more. */
  identify(connection: LiveConnection, become: () => void): void {
    this.connections.remove(connection);
    this.list.closed(connection);
    become();
    this.open(connection, "identify");
  }

  /** Resolves when who is here is written, so that it can be looked up. */
  settlePresence(): Promise<void> {
    return this.presences.flush();
  }

  /** Hands on what a reader of one channel has missed. See replay(). */
  replay(options: ReplayOptions): Promise<Replayed> {
    return replay(this.options, options);
  }

  /** Takes a connection out, and stops what is still read for it. Harmless when it was never registered. */
  closed(connection: LiveConnection): void {
    this.hub.abandon(connection);
    if (!this.connections.remove(connection)) return;
    this.list.closed(connection);
    if (this.tap.on) this.tap.event(connection, "disconnect");
    const { userId, tenantId } = connection.principal;
    if (userId !== undefined) this.presences.disconnected(tenantId, userId);
  }

  connectionsOf(tenantId: TenantId): LiveConnection[] {
    return this.connections.of(tenantId);
  }

  typing(tenantId: TenantId, userId: string, chatId: string): void {
    this.talk.typing(tenantId, userId, chatId);
  }

  receipt(tenantId: TenantId, userId: string, chatId: string, seq: number): void {
    this.talk.receipt(tenantId, userId, chatId, seq);
  }

  async setAway(tenantId: TenantId, userId: string, away: boolean): Promise<void> {
    await this.presences.setAway(tenantId, userId, away);
  }

  async presence(tenantId: TenantId, userIds: string[]): Promise<PresenceState[]> {
    await this.presences.flush();
    return await findPresence(this.options.db.pool, tenantId, userIds);
  }

  recheck(tenantId: TenantId): void {
    this.options.bus.publish({ kind: "recheck", tenantId });
    void this.recheckAnew(tenantId);
  }

  disconnect(tenantId: TenantId, connectionId: string): void {
    this.options.bus.publish({ kind: "disconnect", tenantId, connectionId });
    this.list.end(tenantId, connectionId);
  }

  private say(event: EphemeralEvent): void {
    this.hub.ephemeral(event);
    this.pass({ kind: "ephemeral", event });
  }

  /** To the other nodes, if there are any. */
  private pass(message: BusMessage): void {
    if (!this.heart.alone) this.options.bus.publish(message);
  }

  private flushEphemeral(): void {
    this.tap.flush();
    this.talk.flush();
    for (const part of [this.presences, this.list]) void part.flush();
  }

  private tick(): void {
    const now = Date.now();
    this.ticks++;
    for (const connection of this.connections.all()) connection.sweep(now);
    this.presences.sweep();
    this.channels.sweep(now);
    this.hub.tellPositions(this.ticks);
    // What asks the database waits for its turn when the database is slow; pings do not.
    this.housekeeping ??= this.keepHouse().finally(() => {
      this.housekeeping = undefined;
    });
  }

  private async keepHouse(): Promise<void> {
    this.rounds++;
    await this.hub.poll();
    await this.attempt(() => this.presences.dropDead());
    await this.attempt(() => this.channels.keepHouse());
    if (this.rounds % 3 === 0) await this.recheckAll();
    await this.attempt(() => this.chatPresence.keepHouse()); // last: it may take long
  }

  private async recheckAll(): Promise<void> {
    // They share the iterator: each takes the next, so that one that takes long keeps no other back.
    const left = this.connections.tenantIds().values();
    const work = async () => {
      for (const tenantId of left) {
        await this.recheckTenant(tenantId);
        await this.attempt(() => this.list.closeEnding(tenantId));
      }
    };
    await Promise.all(Array.from({ length: tenantsAtOnce }, work));
  }

  /** What fails keeps nothing else from being done, revocations least of all. */
  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.options.onError(error);
    }
  }

  private beaten({ lapsed, lost }: { lapsed: boolean; lost: boolean }): void {
    this.list.refresh(lapsed);
    for (const part of [this.presences, this.channels]) {
      if (lapsed) part.lapsed();
      if (lost) part.nodeLost();
    }
  }

  /** On the word that something was revoked: what was read before it is no answer. */
  private recheckAnew(tenantId: TenantId): Promise<void> {
    this.options.onRecheck(tenantId);
    return this.recheckTenant(tenantId);
  }

  /** Compares every open connection's credential with what holds now. */
  private async recheckTenant(tenantId: TenantId): Promise<void> {
    for (const connection of this.connections.of(tenantId))
      try {
        if ((await this.options.recheck(connection.principal)) === "revoked") connection.disconnect("revoked");
      } catch (error) {
        this.options.onError(error); // what holds for this one is not known now: the next round asks again
      }
  }
}
