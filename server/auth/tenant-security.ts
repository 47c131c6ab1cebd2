import { LRUCache } from "lru-cache";
import { type Logger, pino } from "pino";
import { type TenantSettings, tenantSettingsSchema } from "../domain/tenants/schema.ts";
import { DomainError } from "../errors.ts";
import { cappedBy } from "../limiter.ts";
import type { Database } from "../persistence/database.ts";
import { issuerSecretKey, issuerVersion, type TrustedIssuer, trustIssuer } from "./issuer.ts";
import { TokenVerifier } from "./jwt.ts";
import { KeyUsage } from "./key-usage.ts";
import { KnownUsers } from "./known-users.ts";
import { isTenantIdForm, mintTenantId, type TenantId } from "./principal.ts";
import { type PusherApp, readPusherApp } from "./pusher-app.ts";
import { type Scope, scopesOfKey } from "./scopes.ts";
import { Sessions } from "./sessions.ts";
import { readSecurity, type SecurityRow } from "./store.ts";

/** Younger than this, what was read is used as it is; older, it is read again beside the calls. */
const freshMs = 2000;
/** Older than this, calls wait for what is read anew. It bounds how long another node honours what was revoked. */
const staleMs = 5000;
/** Revocations are read from this long before the last read on: a transaction may commit later than its time says. */
const overlapMs = 120_000;

export interface TrustedKey {
  id: string;
  kind: string;
  hash: string;
  scopes: ReadonlySet<Scope>;
}

/** What every check of a tenant's credentials compares with. Times in ms since 1970. */
export interface TenantSnapshot {
  readonly tenantId: TenantId;
  readonly suspended: boolean;
  readonly demo: boolean;
  readonly settings: TenantSettings;
  readonly validAfter: number | undefined;
  readonly issuers: readonly TrustedIssuer[];
  readonly keysByHash: ReadonlyMap<string, TrustedKey>;
  readonly keysById: ReadonlyMap<string, TrustedKey>;
  readonly usersValidAfter: ReadonlyMap<string, number>;
  readonly pusherApp: PusherApp | undefined;
}

interface Entry {
  snapshot: TenantSnapshot | undefined;
  /** By our clock, when the read began. */
  readAt: number;
  /** By the database's clock. */
  databaseTime: number;
}

export interface TenantSecurityOptions {
  db: Database;
  authSecret: string;
  allowPrivateNetworks: boolean;
  now?: () => number;
  log?: Pick<Logger, "warn">;
}

/**
 * Tenants as authentication sees them, kept for seconds. What one node revokes holds there at once (`invalidate`) and on every other
 * within 5 s, without any message between them. Tenants that do not exist are remembered apart, so that a scan evicts nobody.
 */
export class TenantSecurity {
  readonly now: () => number;
  readonly verifier: TokenVerifier;
  /** Those of the console. */
  readonly sessions: Sessions;
  /** Whether issuers may be at private addresses and speak plain http. */
  readonly allowPrivateNetworks: boolean;
  private readonly db: Database;
  private readonly secretKey: Buffer;
  private readonly log: Pick<Logger, "warn">;
  private readonly usage: KeyUsage;
  private readonly users: KnownUsers;
  private readonly known = new LRUCache<string, Entry>({ max: 10_000 });
  private readonly unknown = new LRUCache<string, Entry>({ max: 10_000 });
  private readonly reads = new Map<string, Promise<Entry>>();
  /** Versions of issuers that cannot be used, each logged once. */
  private readonly broken = new LRUCache<string, true>({ max: 1000 });

  constructor(options: TenantSecurityOptions) {
    this.db = options.db;
    this.now = options.now ?? Date.now;
    this.log = options.log ?? pino({ name: "auth" });
    this.allowPrivateNetworks = options.allowPrivateNetworks;
    this.secretKey = issuerSecretKey(options.authSecret);
    this.verifier = new TokenVerifier(options, this.now);
    this.sessions = new Sessions(options.db, options.authSecret, this.now);
    this.usage = new KeyUsage(options.db, this.log);
    this.users = new KnownUsers(options.db, this.log);
  }

  /** The tenant as it was at most 5 s ago; undefined when there is none. Throws `unavailable` and what the database throws. */
  async snapshot(tenantId: string, maxAgeMs = staleMs): Promise<TenantSnapshot | undefined> {
    if (!isTenantIdForm(tenantId)) return undefined;
    const entry = this.known.get(tenantId) ?? this.unknown.get(tenantId);
    // A clock that was set back makes nothing young.
    const age = entry ? Math.abs(this.now() - entry.readAt) : Number.POSITIVE_INFINITY;
    if (entry && age < Math.min(freshMs, maxAgeMs)) return entry.snapshot;
    if (!entry || age >= maxAgeMs) return this.settled(tenantId, this.read(tenantId));
    if (!this.reads.has(tenantId)) this.readBeside(tenantId);
    return entry.snapshot;
  }

  /** Whether the tenant was read before and exists: to answer for it costs no look-up that somebody waits for. */
  knows(tenantId: string): boolean {
    return this.known.has(tenantId);
  }

  /** Forgets what was read of the tenant: the next call waits for what is there now. */
  invalidate(tenantId: TenantId): void {
    const entry = this.known.get(tenantId);
    if (entry) this.known.set(tenantId, { ...entry, readAt: Number.NEGATIVE_INFINITY });
    this.unknown.delete(tenantId);
    this.reads.delete(tenantId);
  }

  /** Forgets all that another node may have changed: the tenant, and who is signed in to the console. */
  forget(tenantId: TenantId): void {
    this.invalidate(tenantId);
    this.sessions.forget();
  }

  /** Notes that a key was used now; written within 10 s. */
  keyUsed(tenantId: TenantId, keyId: string): void {
    this.usage.note(tenantId, keyId, this.now());
  }

  /** Notes that a good token names the user, who is known from then on; written within a second, once a node. */
  tokenUsed({ tenantId, usersValidAfter }: TenantSnapshot, userId: string, issuedAt: number | undefined): void {
    this.users.note({ tenantId, userId, issuedAt, validAfter: usersValidAfter.get(userId) ?? 0 });
  }

  /** Writes what is not written yet. Call before the database is closed. */
  async close(): Promise<void> {
    await Promise.all([this.usage.flush(), this.users.flush()]);
  }

  /** Calls go on with what is known; when it is too old, they wait for a read themselves and get its error. */
  private readBeside(tenantId: string): void {
    this.read(tenantId).catch((error) =>
      this.log.warn({ err: error, tenantId }, "a tenant's security could not be read again"),
    );
  }

  /** A read that took longer than its answer may be old is done once more. */
  private async settled(tenantId: string, reading: Promise<Entry>): Promise<TenantSnapshot | undefined> {
    const first = await reading;
    if (this.now() - first.readAt < staleMs) return first.snapshot;
    const second = await this.read(tenantId);
    if (this.now() - second.readAt < staleMs) return second.snapshot;
    throw new DomainError("unavailable", {
      retryAfter: 1,
      internal: "the database takes longer than 5 s to read a tenant's security",
    });
  }

  private read(tenantId: string): Promise<Entry> {
    const running = this.reads.get(tenantId);
    if (running) return running;
    const reading: Promise<Entry> = this.load(mintTenantId(tenantId))
      .then((entry) => {
        // Not when it was invalidated meanwhile: it may show what was before.
        if (this.reads.get(tenantId) === reading) this.keep(tenantId, entry);
        return entry;
      })
      .finally(() => {
        if (this.reads.get(tenantId) === reading) this.reads.delete(tenantId);
      });
    this.reads.set(tenantId, reading);
    return reading;
  }

  private keep(tenantId: string, entry: Entry): void {
    (entry.snapshot ? this.known : this.unknown).set(tenantId, entry);
    (entry.snapshot ? this.unknown : this.known).delete(tenantId);
  }

  private async load(tenantId: TenantId): Promise<Entry> {
    const readAt = this.now();
    const before = this.known.get(tenantId);
    const row = await readSecurity(this.db, tenantId, before && new Date(before.databaseTime - overlapMs));
    if (!row) return { snapshot: undefined, readAt, databaseTime: 0 };
    return { snapshot: this.toSnapshot(tenantId, row, before?.snapshot), readAt, databaseTime: Date.parse(row.readAt) };
  }

  private toSnapshot(tenantId: TenantId, row: SecurityRow, before?: TenantSnapshot): TenantSnapshot {
    const settings = tenantSettingsSchema.parse(row.settings);
    settings.rates.tenant = cappedBy(settings.rates.tenant, row.rateCap);
    const keys = row.keys.map((key) => ({ ...key, scopes: scopesOfKey(key) }));
    return {
      tenantId,
      suspended: row.suspended,
      demo: row.demo,
      settings,
      validAfter: row.validAfter ?? undefined,
      issuers: this.toIssuers(tenantId, row, before),
      keysByHash: new Map(keys.map((key) => [key.hash, key])),
      keysById: new Map(keys.map((key) => [key.id, key])),
      usersValidAfter: mergeUsers(before?.usersValidAfter, row.users),
      pusherApp: row.pusherApp ? this.toPusherApp(tenantId, row.pusherApp) : undefined,
    };
  }

  /** One whose secret cannot be read is none: it has to be rotated. */
  private toPusherApp(tenantId: TenantId, stored: unknown): PusherApp | undefined {
    try {
      return readPusherApp(tenantId, stored, this.secretKey);
    } catch (error) {
      const once = `pusher-app:${tenantId}`;
      if (!this.broken.has(once)) this.log.warn({ err: error, tenantId }, "a Pusher app cannot be used");
      this.broken.set(once, true);
      return undefined;
    }
  }

  /** An unchanged issuer is taken over with its imported key. One that cannot be read locks out its own tokens only. */
  private toIssuers(tenantId: TenantId, row: SecurityRow, before?: TenantSnapshot): TrustedIssuer[] {
    const old = new Map(before?.issuers.map((issuer) => [issuer.version, issuer]));
    return row.issuers.flatMap((stored) => {
      const version = issuerVersion(tenantId, stored);
      const unchanged = old.get(version);
      if (unchanged) return [{ ...unchanged, name: stored.name, enabled: stored.enabled }];
      try {
        return [trustIssuer(tenantId, stored, this.secretKey)];
      } catch (error) {
        if (!this.broken.has(version))
          this.log.warn({ err: error, tenantId, issuerId: stored.id }, "an issuer cannot be used");
        this.broken.set(version, true);
        return [];
      }
    });
  }
}

/** A user's valid_after only moves forwards, so that what was read before stays true. */
function mergeUsers(
  before: ReadonlyMap<string, number> | undefined,
  users: [string, number][],
): ReadonlyMap<string, number> {
  if (before && users.every(([id, at]) => (before.get(id) ?? 0) >= at)) return before;
  const merged = new Map(before);
  for (const [id, at] of users) merged.set(id, Math.max(at, merged.get(id) ?? 0));
  return merged;
}
