import type { Logger } from "pino";
import type { Database } from "../persistence/database.ts";
import type { TenantId } from "./principal.ts";
import { touchKeys } from "./store.ts";

const writeEveryMs = 10_000;

/** Collects when keys are used and writes it in batches: a write a call would double the cost of calls. A crash loses 10 s of it. */
export class KeyUsage {
  private readonly db: Database;
  private readonly log: Pick<Logger, "warn">;
  private uses = new Map<TenantId, Map<string, number>>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(db: Database, log: Pick<Logger, "warn">) {
    this.db = db;
    this.log = log;
  }

  /** @param at ms since 1970 */
  note(tenantId: TenantId, keyId: string, at: number): void {
    const keys = this.uses.get(tenantId) ?? new Map<string, number>();
    keys.set(keyId, at);
    this.uses.set(tenantId, keys);
    this.timer ??= setTimeout(() => void this.flush(), writeEveryMs).unref();
  }

  /** Writes what was collected. Never throws: last-used is a hint, and the log says what was lost. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const batch = this.uses;
    this.uses = new Map();
    this.writing = this.writing.then(() => this.write(batch));
    return this.writing;
  }

  private async write(batch: Map<TenantId, Map<string, number>>): Promise<void> {
    try {
      for (const [tenantId, keys] of batch) await touchKeys(this.db, tenantId, keys);
    } catch (error) {
      this.log.warn({ err: error }, "when keys were last used could not be written");
    }
  }
}
