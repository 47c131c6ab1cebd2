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
import { WriteBehind } from "./persistence/write-behind.ts";

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

interface Buckets {
  good: TokenBucket;
  failed: TokenBucket;
}

interface Noted {
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
  private readonly buckets = new LRUCache<TenantId, Buckets>({ max: 5000 });
  private readonly noted: WriteBehind<Noted>;
  private waiting = 0;

  constructor(options: Options) {
    this.options = options;
    this.noted = new WriteBehind({
      withinMs: 1000,
      begin: () => ({ rows: [], skipped: 0 }),
      write: (tenantId, part) => this.write(tenantId, part),
      onLost: (err, tenantId, { rows, skipped }) =>
        options.log.warn({ err, tenantId, lost: rows.length + skipped }, "calls could not be noted"),
    });
  }

  /** What the console reads all the time, for whoever looks at it, is left out. */
  note(call: NotedCall, operation: NotedOperation, end: CallEnd): void {
    const { tenantId, principal } = call;
    const isGood = end.code === "ok";
    if (operation.http.root || (isGood && principal.kind === "operator" && operation.kind === "query")) return;
    const now = this.options.now();
    const { good, failed } = this.bucketsOf(tenantId, now);
    const part = this.noted.of(tenantId);
    if (this.waiting >= mostWaiting || !(isGood ? good : failed).take(now)) {
      part.skipped++;
      return;
    }
    this.waiting++;
    part.rows.push(rowOf(call, operation, end, now));
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
    return this.noted.flush();
  }

  private async write(tenantId: TenantId, { rows, skipped }: Noted): Promise<void> {
    this.waiting -= rows.length;
    const { db, security, now } = this.options;
    const days = (await security.snapshot(tenantId))?.settings.retention.requestDays ?? 0;
    if (days === 0) return;
    await insertRequests(db, tenantId, rows);
    if (skipped > 0) await addSkips(db, tenantId, now(), skipped);
  }

  private bucketsOf(tenantId: TenantId, now: number): Buckets {
    const known = this.buckets.get(tenantId);
    if (known) return known;
    const made = { good: new TokenBucket(noted, now), failed: new TokenBucket(noted, now) };
    this.buckets.set(tenantId, made);
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
