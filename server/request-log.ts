import { LRUCache } from "lru-cache";
import type { Logger } from "pino";
import type { Principal, TenantId } from "./auth/principal.ts";
import type { TenantSecurity } from "./auth/tenant-security.ts";
import { addSkips, insertRequests, type RequestRow } from "./domain/requests/store.ts";
import { toDomainError } from "./errors.ts";
import { newId } from "./ids.ts";
import { type Rate, TokenBucket } from "./limiter.ts";
import type { Call, Operation } from "./operation.ts";
import type { Database } from "./persistence/database.ts";

const writeEveryMs = 1000;
/**
 * What a node notes of one tenant's calls: all of what a developer does, and of a flood so many a second. What went wrong has a bucket of
 * its own, so that a flood of good calls hides no failure.
 */
const noted: Rate = { rate: 5, burst: 500 };
/** Rows of all tenants that may wait to be written. */
const mostWaiting = 10_000;

type NotedOperation = Pick<Operation, "name" | "kind" | "http">;

type NotedCall = Pick<Call, "tenantId" | "transport" | "requestId" | "ip"> & {
  principal: Pick<Principal, "kind" | "keyId" | "userId" | "person">;
};

/** How a call ended. */
interface CallEnd {
  status: number;
  code: string;
  ms: number;
}

interface Tenant {
  good: TokenBucket;
  failed: TokenBucket;
  rows: Omit<RequestRow, "tenantId">[];
  skipped: number;
}

interface Options {
  db: Database;
  security: Pick<TenantSecurity, "snapshot" | "knows">;
  log: Pick<Logger, "warn">;
  now(): number;
}

/**
 * Calls as the tenant's request log shows them: collected, and written once a second in one statement a tenant. A call pays for a
 * look at two buckets, and never waits. A crash loses a second of it.
 */
export class RequestLog {
  private readonly options: Options;
  private readonly tenants = new LRUCache<TenantId, Tenant>({
    max: 5000,
    dispose: ({ rows }) => {
      this.waiting -= rows.length;
    },
  });
  private readonly due = new Set<TenantId>();
  private waiting = 0;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(options: Options) {
    this.options = options;
  }

  /** What the console reads all the time, for whoever looks at it, is left out. */
  note(call: NotedCall, operation: NotedOperation, end: CallEnd): void {
    const { tenantId, principal } = call;
    const isGood = end.code === "ok";
    if (operation.http.root || (isGood && principal.kind === "operator" && operation.kind === "query")) return;
    const now = this.options.now();
    const tenant = this.tenantOf(tenantId, now);
    this.due.add(tenantId);
    this.timer ??= setTimeout(() => void this.flush(), writeEveryMs).unref();
    const bucket = isGood ? tenant.good : tenant.failed;
    if (this.waiting >= mostWaiting || !bucket.take(now)) {
      tenant.skipped++;
      return;
    }
    this.waiting++;
    tenant.rows.push(rowOf(call, operation, end, now));
  }

  /** A call that came to nothing because of its credential. Of tenants that nobody knows none is noted. */
  refused(
    tenant: string,
    call: Omit<NotedCall, "tenantId" | "principal">,
    operation: NotedOperation,
    error: unknown,
  ): void {
    const { security } = this.options;
    if (!security.knows(tenant)) return;
    const { code, status } = toDomainError(error);
    const principal = { kind: "visitor" as const };
    security.snapshot(tenant).then(
      (found) =>
        found && this.note({ ...call, tenantId: found.tenantId, principal }, operation, { status, code, ms: 0 }),
      () => undefined, // the caller has the error of its own
    );
  }

  /** Writes what was collected. Never throws: the log says what was lost. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const due = [...this.due];
    this.due.clear();
    this.writing = this.writing.then(async () => {
      for (const tenantId of due) await this.write(tenantId);
    });
    return this.writing;
  }

  private async write(tenantId: TenantId): Promise<void> {
    const tenant = this.tenants.peek(tenantId);
    if (!tenant) return;
    const { rows, skipped } = tenant;
    tenant.rows = [];
    tenant.skipped = 0;
    this.waiting -= rows.length;
    const { db, security, log, now } = this.options;
    try {
      const days = (await security.snapshot(tenantId))?.settings.retention.requestDays ?? 0;
      if (days === 0) return;
      await insertRequests(db, tenantId, rows);
      if (skipped > 0) await addSkips(db, tenantId, now(), skipped);
    } catch (error) {
      log.warn({ err: error, tenantId, lost: rows.length + skipped }, "calls could not be noted");
    }
  }

  private tenantOf(tenantId: TenantId, now: number): Tenant {
    const known = this.tenants.get(tenantId);
    if (known) return known;
    const made = { good: new TokenBucket(noted, now), failed: new TokenBucket(noted, now), rows: [], skipped: 0 };
    this.tenants.set(tenantId, made);
    return made;
  }
}

function rowOf(call: NotedCall, { name }: NotedOperation, { status, code, ms }: CallEnd, now: number) {
  const { principal, transport, requestId, ip } = call;
  const { kind, keyId, userId, person } = principal;
  return {
    id: newId(),
    at: new Date(now - ms),
    transport,
    operation: name,
    status,
    code,
    ms,
    credential: kind,
    keyId: keyId ?? null,
    userId: userId ?? null,
    personId: person?.personId ?? null,
    requestId,
    ip: ip ?? null,
  };
}
