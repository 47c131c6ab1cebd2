import { LRUCache } from "lru-cache";
import type { Logger } from "pino";
import type { Database } from "../persistence/database.ts";
import { WriteBehind } from "../persistence/write-behind.ts";
import type { TenantId } from "./principal.ts";
import { noteUsers } from "./store.ts";

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
 * Whom good tokens name: those that are new to this node are written, as nobody is registered first. A crash loses a second of it, until
 * the next call of the user.
 */
export class KnownUsers {
  /** With what was revoked of them then: a token since may be one of somebody who was erased, and is known again. */
  private readonly seen = new LRUCache<string, number>({ max: 50_000 });
  private readonly fresh: WriteBehind<Map<string, Named>>;

  constructor(db: Database, log: Pick<Logger, "warn">) {
    this.fresh = new WriteBehind({
      withinMs: 1000,
      begin: () => new Map(),
      write: async (tenantId, users) => {
        const all = [...users.values()];
        for (let i = 0; i < all.length; i += usersAStep) await noteUsers(db, tenantId, all.slice(i, i + usersAStep));
      },
      onLost: (err, tenantId, users) => {
        for (const named of users.values()) this.seen.delete(keyOf(named));
        log.warn({ err, tenantId }, "whom tokens name could not be written");
      },
    });
  }

  note(named: Named): void {
    const key = keyOf(named);
    if (this.seen.get(key) === named.validAfter) return;
    this.seen.set(key, named.validAfter);
    this.fresh.of(named.tenantId).set(named.userId, named);
  }

  /** Writes what was collected. Never throws: whom it could not write, the next call notes again. */
  flush(): Promise<void> {
    return this.fresh.flush();
  }
}

/** No id of a tenant has a blank in it. */
function keyOf({ tenantId, userId }: Named): string {
  return `${tenantId} ${userId}`;
}
