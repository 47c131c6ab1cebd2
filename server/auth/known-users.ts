import { LRUCache } from "lru-cache";
import type { Logger } from "pino";
import type { Database } from "../persistence/database.ts";
import type { TenantId } from "./principal.ts";
import { noteUsers } from "./store.ts";

const writeAfterMs = 1000;
const usersAStep = 1000;

/** A token that was found good. Times in ms since 1970. */
export interface Named {
  tenantId: TenantId;
  userId: string;
  issuedAt: number | undefined;
  /** Up to when tokens of the user are refused; 0 while none are. */
  validAfter: number;
}

/**
 * Collects whom good tokens name and writes those that are new to this node in batches: nobody is registered first, and a write a call
 * would double the cost of calls. A crash loses a second of it, until the next call of the user.
 */
export class KnownUsers {
  private readonly db: Database;
  private readonly log: Pick<Logger, "warn">;
  /** With what was revoked of them then: a token since may be one of somebody who was erased, and is known again. */
  private readonly seen = new LRUCache<string, number>({ max: 50_000 });
  private fresh = new Map<TenantId, Map<string, Named>>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(db: Database, log: Pick<Logger, "warn">) {
    this.db = db;
    this.log = log;
  }

  note(named: Named): void {
    const key = keyOf(named);
    if (this.seen.get(key) === named.validAfter) return;
    this.seen.set(key, named.validAfter);
    const users = this.fresh.get(named.tenantId) ?? new Map<string, Named>();
    users.set(named.userId, named);
    this.fresh.set(named.tenantId, users);
    this.timer ??= setTimeout(() => void this.flush(), writeAfterMs).unref();
  }

  /** Writes what was collected. Never throws: whom it could not write, the next call notes again. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const batch = this.fresh;
    this.fresh = new Map();
    this.writing = this.writing.then(() => this.write(batch));
    return this.writing;
  }

  private async write(batch: Map<TenantId, Map<string, Named>>): Promise<void> {
    for (const [tenantId, users] of batch) {
      const all = [...users.values()];
      for (let i = 0; i < all.length; i += usersAStep) await this.writeStep(tenantId, all.slice(i, i + usersAStep));
    }
  }

  private async writeStep(tenantId: TenantId, users: Named[]): Promise<void> {
    try {
      await noteUsers(this.db, tenantId, users);
    } catch (error) {
      for (const named of users) this.seen.delete(keyOf(named));
      this.log.warn({ err: error, tenantId }, "whom tokens name could not be written");
    }
  }
}

/** No id of a tenant has a blank in it. */
function keyOf({ tenantId, userId }: Named): string {
  return `${tenantId} ${userId}`;
}
