import type { Pool } from "pg";
import type { TenantId } from "../auth/principal.ts";
import type { Bus } from "../log/bus/bus.ts";
import type { PresenceState } from "../services.ts";
import type { Hub } from "./hub.ts";
import { PresenceNews } from "./presence-news.ts";
import { dropDeadPresence, type PresenceChange, putPresence, setPresenceState } from "./store.ts";

/** A reload is not a leave, in ms. */
const defaultGrace = 15_000;
/** After a write that failed, in ms. */
const pauseAfterFailure = 1000;

interface Here {
  connections: number;
  away: boolean;
  leftAt: number | undefined;
  written: PresenceChange["state"] | undefined;
}

interface Options {
  pool: Pool;
  hub: Hub;
  bus: Bus;
  nodeId: string;
  onError(error: unknown): void;
  shows?(tenantId: TenantId): Promise<boolean>;
  onNews?(tenantId: TenantId, state: PresenceState, chatIds: string[]): void;
  /** How long somebody without a connection still counts as here, in ms. */
  grace?: number;
}

/** Who is there, over all nodes: a row a user and node, kept alive by the node's heartbeat. */
export class Presence {
  private readonly here = new Map<TenantId, Map<string, Here>>();
  private dirty = new Map<TenantId, Set<string>>();
  private readonly tidied = new Set<TenantId>();
  private flushing: Promise<void> | undefined;
  /** By performance.now(), which nobody sets back. */
  private pausedUntil = 0;
  private readonly news: PresenceNews;
  private readonly options: Options;

  constructor(options: Options) {
    this.options = options;
    this.news = new PresenceNews(options);
    options.bus.onMessage((message) => {
      if (message.kind === "presence") this.news.tell(message.tenantId, message.userIds);
    });
  }

  connected(tenantId: TenantId, userId: string): void {
    const user = this.userOf(tenantId, userId);
    user.connections++;
    user.leftAt = undefined;
    user.away = false;
    user.written = undefined; // another node may have written that they are away
    this.mark(tenantId, userId);
  }

  disconnected(tenantId: TenantId, userId: string): void {
    const user = this.userOf(tenantId, userId);
    user.connections = Math.max(0, user.connections - 1);
    if (user.connections === 0) user.leftAt = Date.now();
  }

  /** Away or back, on whatever node the user's connections are. */
  async setAway(tenantId: TenantId, userId: string, away: boolean): Promise<void> {
    const user = this.here.get(tenantId)?.get(userId);
    if (user) user.away = away;
    await this.flush();
    const state = away ? "away" : "online";
    if (!(await setPresenceState(this.options.pool, tenantId, userId, state))) return;
    if (user && user.written !== "gone") user.written = state;
    this.announce(tenantId, [userId]);
  }

  /** Once a second or so: those whose grace is over leave, and what could not be told is. */
  sweep(): void {
    this.news.resume();
    for (const [tenantId, users] of this.here)
      for (const [userId, user] of users) if (this.isGone(user)) this.mark(tenantId, userId);
  }

  /** Writes what changed, a round trip a tenant, and tells everybody. Resolves when all changes of before the call are written, or failed. */
  async flush(): Promise<void> {
    await this.flushing;
    if (this.dirty.size > 0 && performance.now() >= this.pausedUntil)
      this.flushing ??= this.write().finally(() => {
        this.flushing = undefined;
      });
    // Somebody else's, too: it has taken what this call is to see written.
    await this.flushing;
  }

  /** Another node has died: its users are to be taken out, of every tenant with readers here. */
  nodeLost(): void {
    this.tidied.clear();
  }

  /** The others may have taken this node for dead and its users out: they are written anew. */
  lapsed(): void {
    for (const [tenantId, users] of this.here)
      for (const [userId, user] of users) {
        user.written = undefined;
        this.mark(tenantId, userId);
      }
  }

  /** Users of dead nodes leave, once a tenant and loss. */
  async dropDead(): Promise<void> {
    for (const tenantId of this.options.hub.tenantIds()) {
      if (this.tidied.has(tenantId)) continue;
      this.tidied.add(tenantId);
      try {
        const gone = await dropDeadPresence(this.options.pool, tenantId);
        this.announce(tenantId, gone);
      } catch (error) {
        this.tidied.delete(tenantId);
        throw error;
      }
    }
  }

  private userOf(tenantId: TenantId, userId: string): Here {
    let users = this.here.get(tenantId);
    if (!users) {
      users = new Map();
      this.here.set(tenantId, users);
    }
    let user = users.get(userId);
    if (!user) {
      user = { connections: 0, away: false, leftAt: undefined, written: undefined };
      users.set(userId, user);
    }
    return user;
  }

  private mark(tenantId: TenantId, userId: string): void {
    const users = this.dirty.get(tenantId) ?? new Set();
    users.add(userId);
    this.dirty.set(tenantId, users);
  }

  private isGone(user: Here): boolean {
    const { grace = defaultGrace } = this.options;
    return user.connections === 0 && user.leftAt !== undefined && Date.now() - user.leftAt >= grace;
  }

  private async write(): Promise<void> {
    const dirty = this.dirty;
    this.dirty = new Map();
    for (const [tenantId, userIds] of dirty) await this.writeTenant(tenantId, userIds);
  }

  private async writeTenant(tenantId: TenantId, userIds: Iterable<string>): Promise<void> {
    const users = this.here.get(tenantId) ?? new Map<string, Here>();
    const changes: PresenceChange[] = [];
    for (const userId of userIds) {
      const user = users.get(userId);
      if (!user) continue;
      const state = this.isGone(user) ? "gone" : user.away ? "away" : "online";
      if (state !== user.written) changes.push({ userId, state });
      user.written = state;
    }
    if (changes.length === 0) return;
    const written = changes.map((change) => change.userId);
    try {
      const news = await putPresence(this.options.pool, tenantId, this.options.nodeId, changes);
      this.forget(tenantId, users, written);
      this.announce(tenantId, news);
    } catch (error) {
      this.options.onError(error);
      this.writeAgain(tenantId, written);
    }
  }

  private writeAgain(tenantId: TenantId, userIds: string[]): void {
    this.pausedUntil = performance.now() + pauseAfterFailure;
    for (const userId of userIds) {
      const user = this.here.get(tenantId)?.get(userId);
      if (user) user.written = undefined;
      this.mark(tenantId, userId);
    }
  }

  /** Those who were written as gone and have not come back meanwhile. */
  private forget(tenantId: TenantId, users: Map<string, Here>, userIds: string[]): void {
    for (const userId of userIds) {
      const user = users.get(userId);
      if (user?.written === "gone" && user.connections === 0) users.delete(userId);
    }
    if (users.size === 0) this.here.delete(tenantId);
  }

  private announce(tenantId: TenantId, userIds: string[]): void {
    if (userIds.length === 0) return;
    this.news.tell(tenantId, userIds);
    this.news.pass(tenantId, userIds);
  }
}
