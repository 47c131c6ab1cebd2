import type { Pool } from "pg";
import type { TenantId } from "../auth/principal.ts";
import type { EphemeralEvent } from "../events.ts";
import type { Bus } from "../log/bus/bus.ts";
import { presenceChatSize } from "../log-channels.ts";
import type { PresenceState } from "../services.ts";
import type { Hub } from "./hub.ts";
import { findPresence, findPresenceChats } from "./store.ts";
import { OutgoingEphemeral } from "./subscription.ts";

const maxTold = 200;
/** Of the ids in one message of the bus, which drops what is too large for a payload of Postgres. */
const maxToldBytes = 6000;

interface Options {
  pool: Pool;
  hub: Hub;
  bus: Bus;
  /** Whether a tenant lets its users see who is there; all do when left out. */
  shows?(tenantId: TenantId): Promise<boolean>;
  /** Called with each state and the chats in which it is shown. */
  onNews?(tenantId: TenantId, state: PresenceState, chatIds: string[]): void;
  onError(error: unknown): void;
}

/**
 * Tells readers how others are now. One look at a time for each tenant, and what changes meanwhile is looked at after it: so the
 * last thing that is told is the newest.
 */
export class PresenceNews {
  private readonly waiting = new Map<TenantId, Set<string>>();
  private readonly telling = new Set<TenantId>();
  private resuming: Promise<void> | undefined;
  private readonly options: Options;

  constructor(options: Options) {
    this.options = options;
  }

  /** To the other nodes: they look themselves. */
  pass(tenantId: TenantId, userIds: string[]): void {
    for (const some of inMessages(userIds)) this.options.bus.publish({ kind: "presence", tenantId, userIds: some });
  }

  /** To the readers of this node who share a chat with these users. */
  tell(tenantId: TenantId, userIds: string[]): void {
    if (!this.options.hub.tenantHub(tenantId)) return;
    this.wait(tenantId, userIds);
    void this.work(tenantId);
  }

  /** About once a second: what could not be looked up is tried again, one tenant after the other, while somebody listens. */
  resume(): void {
    this.resuming ??= this.resumeAll().finally(() => {
      this.resuming = undefined;
    });
  }

  private async resumeAll(): Promise<void> {
    for (const tenantId of [...this.waiting.keys()]) {
      if (!this.options.hub.tenantHub(tenantId)) this.waiting.delete(tenantId);
      // The next one would fail, too: the rest waits for the next round, and this one behind it.
      else if (!(await this.work(tenantId))) return;
    }
  }

  private wait(tenantId: TenantId, userIds: string[]): void {
    const waiting = this.waiting.get(tenantId) ?? new Set();
    for (const userId of userIds) waiting.add(userId);
    this.waiting.set(tenantId, waiting);
  }

  /** Answers whether all went well so far. */
  private async work(tenantId: TenantId): Promise<boolean> {
    if (this.telling.has(tenantId)) return true;
    this.telling.add(tenantId);
    let users: string[] = [];
    try {
      for (users = this.take(tenantId); users.length > 0; users = this.take(tenantId)) await this.look(tenantId, users);
      return true;
    } catch (error) {
      this.options.onError(error);
      this.wait(tenantId, users);
      return false;
    } finally {
      this.telling.delete(tenantId);
    }
  }

  private take(tenantId: TenantId): string[] {
    const waiting = this.waiting.get(tenantId);
    const some = [...(waiting ?? [])].slice(0, maxTold);
    for (const userId of some) waiting?.delete(userId);
    if (waiting?.size === 0) this.waiting.delete(tenantId);
    return some;
  }

  private async look(tenantId: TenantId, userIds: string[]): Promise<void> {
    if ((await this.options.shows?.(tenantId)) === false) return;
    const [states, chats] = await Promise.all([
      findPresence(this.options.pool, tenantId, userIds),
      findPresenceChats(this.options.pool, tenantId, userIds, presenceChatSize),
    ]);
    const hub = this.options.hub.tenantHub(tenantId);
    for (const state of states) {
      const event: EphemeralEvent = { tenantId, type: "presence", userId: state.userId, payload: { ...state } };
      const shown = chats.get(state.userId) ?? [];
      hub?.presence(new OutgoingEphemeral(event), shown);
      this.options.onNews?.(tenantId, state, shown);
    }
  }
}

/** Splits users so that each part fits into one message of the bus. */
function inMessages(userIds: string[]): string[][] {
  const parts: string[][] = [];
  let left = 0;
  for (const userId of userIds) {
    const size = Buffer.byteLength(JSON.stringify(userId)) + 1;
    if (left < size) {
      parts.push([]);
      left = maxToldBytes;
    }
    parts.at(-1)?.push(userId);
    left -= size;
  }
  return parts;
}
