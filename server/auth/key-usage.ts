import type { Logger } from "pino";
import type { Database } from "../persistence/database.ts";
import { WriteBehind } from "../persistence/write-behind.ts";
import type { TenantId } from "./principal.ts";
import { touchKeys } from "./store.ts";

/** When keys were used. A crash loses 10 s of it. */
export class KeyUsage {
  private readonly uses: WriteBehind<Map<string, number>>;

  constructor(db: Database, log: Pick<Logger, "warn">) {
    this.uses = new WriteBehind({
      withinMs: 10_000,
      begin: () => new Map(),
      write: (tenantId, keys) => touchKeys(db, tenantId, keys),
      onLost: (err, tenantId) => log.warn({ err, tenantId }, "when keys were last used could not be written"),
    });
  }

  /** @param at ms since 1970 */
  note(tenantId: TenantId, keyId: string, at: number): void {
    this.uses.of(tenantId).set(keyId, at);
  }

  /** Writes what was collected. Never throws: last-used is a hint, and the log says what was lost. */
  flush(): Promise<void> {
    return this.uses.flush();
  }
}
