import { LRUCache } from "lru-cache";
import { DomainError } from "../errors.ts";
import { isId } from "../ids.ts";
import type { Database } from "../persistence/database.ts";
import { installationId } from "./api-key.ts";
import type { Principal, TenantId } from "./principal.ts";
import { mintTenantId } from "./principal.ts";
import { type Role, scopesOfRole } from "./roles.ts";
import { type Scope, userScopes } from "./scopes.ts";
import { readSessionToken } from "./session-cookie.ts";
import { readSession, type SessionRow } from "./session-store.ts";

/** What was read at most this long ago is good enough: it bounds how long another node honours what was revoked. */
const freshMs = 2000;
/** The same where somebody asks for a tenant that they have no part in: they may have been given it just now. */
const missedMs = 100;

interface Entry {
  session: Promise<SessionRow | null>;
  readAt: number;
}

/** Console sessions as authentication sees them, kept for two seconds. */
export class Sessions {
  private readonly db: Database;
  private readonly authSecret: string;
  private readonly now: () => number;
  private readonly known = new LRUCache<string, Entry>({ max: 10_000 });

  constructor(db: Database, authSecret: string, now: () => number = Date.now) {
    this.db = db;
    this.authSecret = authSecret;
    this.now = now;
  }

  /** The session that is not over, as it was at most so many ms ago: 2 s unless told. */
  async find(sessionId: string, maxAgeMs = freshMs): Promise<SessionRow | null> {
    if (!isId(sessionId)) return null;
    const entry = this.known.get(sessionId);
    // A clock that was set back makes nothing young.
    if (entry && Math.abs(this.now() - entry.readAt) < maxAgeMs) return entry.session;
    const session = readSession(this.db, sessionId);
    this.known.set(sessionId, { session, readAt: this.now() });
    session.catch(() => this.known.delete(sessionId));
    return session;
  }

  /** Forgets what was read: the next call of any session looks anew. */
  forget(): void {
    this.known.clear();
  }

  /** The person behind a cookie, for calls that are at no tenant's address. Throws unauthenticated. */
  async person(token: string): Promise<Principal> {
    return { ...toPrincipal(await this.get(token), mintTenantId(installationId)), kind: "person" };
  }

  /** The same as an operator of a tenant. Throws unauthenticated, forbidden (also for a tenant that does not exist), tenant_suspended. */
  async operator(token: string, tenantId: string): Promise<Principal> {
    let session = await this.get(token);
    if (!tenantOf(session, tenantId)) session = await this.get(token, missedMs);
    const at = tenantOf(session, tenantId);
    if (!at) throw new DomainError("forbidden", { detail: "You are no operator of this tenant" });
    if (at.suspended) throw new DomainError("tenant_suspended");
    return toOperator(session, mintTenantId(tenantId), at.role);
  }

  /** Whether the session of an open connection still is what it was. */
  async stands({ credential, tenantId }: Principal): Promise<boolean> {
    if (credential.type !== "session") return false;
    const session = await this.find(credential.sessionId);
    const at = session && tenantOf(session, tenantId);
    return at?.suspended === false && at.role === credential.role;
  }

  private async get(token: string, maxAgeMs?: number): Promise<SessionRow> {
    const sessionId = await readSessionToken(this.authSecret, token);
    const session = sessionId === undefined ? null : await this.find(sessionId, maxAgeMs);
    if (!session) throw new DomainError("unauthenticated", { detail: "The session is over: sign in again" });
    return session;
  }
}

function tenantOf({ tenants }: SessionRow, tenantId: string): SessionRow["tenants"][number] | undefined {
  return tenants.find((one) => one.tenantId === tenantId);
}

const noScopes: ReadonlySet<Scope> = new Set();
const readingScopes: ReadonlySet<Scope> = new Set([...userScopes].filter((scope) => scope.endsWith(":read")));

function toPrincipal(session: SessionRow, tenantId: TenantId): Principal {
  const { sessionId, personId, email, name, installationOwner, sudoUntil } = session;
  return {
    tenantId,
    kind: "person",
    admin: false,
    scopes: noScopes,
    person: { personId, email, name: name ?? undefined, installationOwner, sudoUntil: sudoUntil ?? 0 },
    credential: { type: "session", sessionId },
  };
}

function toOperator(session: SessionRow, tenantId: TenantId, role: Role): Principal {
  const admin = scopesOfRole[role].has("admin:write");
  return {
    ...toPrincipal(session, tenantId),
    kind: "operator",
    admin,
    role,
    scopes: admin ? userScopes : readingScopes,
    credential: { type: "session", sessionId: session.sessionId, role },
  };
}
