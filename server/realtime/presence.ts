import type { Pool } from "pg";
import type { TenantId } from "../auth/principal.ts";
import type { EphemeralEvent } from "../events.ts";
import type { Bus } from "../log/bus/bus.ts";
import type { Hub } from "./hub.ts";
import { dropDeadPresence, findPresence, findPresenceChats, type PresenceChange, putPresence } from "./store.ts";
import { OutgoingEphemeral } from "./subscription.ts";

/** A reload is not a leave, in ms. */
const grace = 15_000;
/** Presence is not told in larger chats: a change would cost a write a member. */
export const presenceChatSize = 1000;
const maxTold = 200;

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
}

/** Who is there, over all nodes: a row a user and node, kept alive by the node's heartbeat. */
export class Presence {
  private readonly here = new Map<TenantId, Map<string, Here>>();
  private readonly dirty = new Map<TenantId, Set<string>>();
  private flushing = false;
  private readonly options: Options;

  constructor(options: Options) {
    this.options = options;
    options.bus.onMessage((message) => {
      if (message.kind === "presence") void this.tell(message.tenantId, message.userIds);
    });
  }

  connected(tenantId: TenantId, userId: string): void {
    const user = this.userOf(tenantId, userId);
    user.connections++;
    user.leftAt = undefined;
    user.away = false;
    this.mark(tenantId, userId);
  }

  disconnected(tenantId: TenantId, userId: string): void {
    const user = this.userOf(tenantId, userId);
    user.connections = Math.max(0, user.connections - 1);
    if (user.connections === 0) user.leftAt = Date.now();
  }

  setAway(tenantId: TenantId, userId: string, away: boolean): void {
    const user = this.here.get(tenantId)?.get(userId);
    if (!user || user.away === away) return;
    user.away = away;
    this.mark(tenantId, userId);
  }

  /** Once a second or so: those whose grace is over leave. */
  sweep(now: number): void {
    for (const [tenantId, users] of this.here) {
      for (const [userId, user] of users) {
        if (user.connections === 0 && user.leftAt !== undefined && now - user.leftAt >= grace)
          this.mark(tenantId, userId);
      }
    }
  }

  /** Writes what changed since the last time, a round trip a tenant, and tells everybody. */
  async flush(): Promise<void> {
    if (this.flushing || this.dirty.size === 0) return;
    this.flushing = true;
    try {
      for (const [tenantId, userIds] of [...this.dirty]) {
        this.dirty.delete(tenantId);
        await this.flushTenant(tenantId, [...userIds]);
      }
    } finally {
      this.flushing = false;
    }
  }

  /** Users of dead nodes leave. */
  async dropDead(): Promise<void> {
    for (const tenantId of this.options.hub.tenantIds()) {
      const gone = await dropDeadPresence(this.options.pool, tenantId);
      if (gone.length > 0) this.announce(tenantId, gone);
    }
  }

  /** Everybody here leaves at once: the node ends. */
  async leaveAll(): Promise<void> {
    for (const [tenantId, users] of this.here) {
      const changes = [...users.keys()].map((userId) => ({ userId, state: "gone" as const }));
      await putPresence(this.options.pool, tenantId, this.options.nodeId, changes);
    }
    this.here.clear();
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

  private async flushTenant(tenantId: TenantId, userIds: string[]): Promise<void> {
    const users = this.here.get(tenantId);
    const changes: PresenceChange[] = [];
    for (const userId of userIds) {
      const user = users?.get(userId);
      if (!user) continue;
      const gone = user.connections === 0 && user.leftAt !== undefined && Date.now() - user.leftAt >= grace;
      const state = gone ? "gone" : user.away ? "away" : "online";
      if (gone) users?.delete(userId);
      if (state !== user.written) changes.push({ userId, state });
      user.written = state;
    }
    if (users?.size === 0) this.here.delete(tenantId);
    if (changes.length === 0) return;
    try {
      await putPresence(this.options.pool, tenantId, this.options.nodeId, changes);
      this.announce(
        tenantId,
        changes.map((change) => change.userId),
      );
    } catch (error) {
      this.options.onError(error);
      for (const { userId } of changes) {
        const user = users?.get(userId);
        if (user) user.written = undefined;
        this.mark(tenantId, userId);
      }
    }
  }

  private announce(tenantId: TenantId, userIds: string[]): void {
    for (let i = 0; i < userIds.length; i += maxTold) {
      const some = userIds.slice(i, i + maxTold);
      this.options.bus.publish({ kind: "presence", tenantId, userIds: some });
      void this.tell(tenantId, some);
    }
  }

  /** Tells the readers of this node who share a chat with these users how they are now. */
  private async tell(tenantId: TenantId, userIds: string[]): Promise<void> {
    if (!this.options.hub.tenantHub(tenantId)) return;
    try {
      const [states, chats] = await Promise.all([
        findPresence(this.options.pool, tenantId, userIds),
        findPresenceChats(this.options.pool, tenantId, userIds, presenceChatSize),
      ]);
      const hub = this.options.hub.tenantHub(tenantId);
      for (const state of states) {
        const event: EphemeralEvent = { tenantId, type: "presence", userId: state.userId, payload: { ...state } };
        hub?.presence(new OutgoingEphemeral(event), chats.get(state.userId) ?? []);
      }
    } catch (error) {
      this.options.onError(error);
    }
  }
}
