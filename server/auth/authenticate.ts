import { DomainError } from "../errors.ts";
import { userId as userIdSchema } from "../schema.ts";
import { hashApiKey, installationId, installationKey, internalKey, tenantOfApiKey } from "./api-key.ts";
import { sameText } from "./mac.ts";
import { mintTenantId, type Principal } from "./principal.ts";
import { userScopes } from "./scopes.ts";
import type { TenantSecurity, TenantSnapshot, TrustedKey } from "./tenant-security.ts";
import { type DecodedToken, decodeToken, TokenFault, tenantOfToken } from "./token.ts";

/** What a call shows, whatever transport it came by. A field that is there but empty is a bad credential, not a missing one. */
export interface Credentials {
  /** Of the address. */
  tenant: string;
  /** The text after `Bearer`. It wins over a key beside it. */
  bearer?: string | undefined;
  apiKey?: string | undefined;
  /** The user a key acts as. */
  actAs?: string | undefined;
  /** The console's cookie, from one of its own pages; anything else beside it wins. */
  session?: string | undefined;
}

/**
 * Who calls. A credential of another tenant is refused before anything is looked up, and in the same words as one for a tenant that
 * does not exist.
 * @param options `optional` lets a call without a credential through as a visitor; `evenSuspended` also at a suspended tenant.
 * @throws unauthenticated, forbidden, tenant_suspended, scope_missing, invalid (user to act as), unavailable (keys of an issuer)
 */
export async function authenticate(
  security: TenantSecurity,
  credentials: Credentials,
  options: { optional?: boolean; evenSuspended?: boolean } = {},
): Promise<Principal> {
  const { tenant, bearer, apiKey } = credentials;
  if (bearer !== undefined) return authenticateToken(security, { ...credentials, bearer });
  if (apiKey !== undefined) return authenticateKey(security, { ...credentials, apiKey });
  if (credentials.session !== undefined) return security.sessions.operator(credentials.session, tenant);
  const snapshot = await security.snapshot(tenant);
  if (!snapshot || !options.optional)
    throw new DomainError("unauthenticated", { detail: "Send Authorization: Bearer or X-API-Key" });
  if (!options.evenSuspended) refuseSuspended(snapshot);
  return {
    tenantId: snapshot.tenantId,
    kind: "visitor",
    admin: false,
    scopes: new Set(),
    credential: { type: "none" },
  };
}

/** What a call at no tenant's address shows. */
export interface RootCredentials extends Pick<Credentials, "bearer" | "apiKey" | "session"> {
  /** Of the service's own pages. */
  internal?: string | undefined;
}

/**
 * The caller of operations that are at no tenant's address.
 * @param options `optional` lets a call through as a visitor that shows nothing, or a session that is over: by such calls one comes in.
 * @throws unauthenticated
 */
export async function authenticateRoot(
  security: TenantSecurity,
  authSecret: string,
  shown: RootCredentials,
  options: { optional?: boolean } = {},
): Promise<Principal> {
  const { bearer, apiKey, internal, session } = shown;
  if (bearer === undefined && apiKey !== undefined && same(apiKey, installationKey(authSecret)))
    return nobodyAs("installation");
  if (internal !== undefined && same(internal, internalKey(authSecret))) return nobodyAs("internal");
  const none = bearer === undefined && apiKey === undefined && internal === undefined;
  if (none && session !== undefined)
    return security.sessions.person(session).catch((error) => {
      if (options.optional && error instanceof DomainError && error.code === "unauthenticated")
        return nobodyAs("visitor");
      throw error;
    });
  if (none && options.optional) return nobodyAs("visitor");
  throw new DomainError("unauthenticated", { detail: "Send the installation's key as X-API-Key, or sign in" });
}

function nobodyAs(kind: "installation" | "internal" | "visitor"): Principal {
  const tenantId = mintTenantId(installationId);
  return { tenantId, kind, admin: false, scopes: new Set(), credential: { type: "none" } };
}

function same(shown: string, wanted: string): boolean {
  return sameText(hashApiKey(shown), hashApiKey(wanted));
}

async function authenticateToken(
  security: TenantSecurity,
  { tenant, bearer, actAs }: Credentials & { bearer: string },
): Promise<Principal> {
  const token = readToken(bearer);
  const snapshot = await tenantFor(security, tenant, token instanceof TokenFault ? undefined : tenantOfToken(token));
  if (token instanceof TokenFault) throw token;
  const { issuer, userId, admin, issuedAt, expiresAt } = await security.verifier.verify(token, snapshot.issuers);
  refuseRevoked(snapshot, userId, issuedAt);
  if (actAs && actAs !== userId)
    throw new DomainError("forbidden", { detail: "Only an API key may act as another user" });
  security.tokenUsed(snapshot, userId, issuedAt);
  return {
    tenantId: snapshot.tenantId,
    kind: "user",
    userId,
    admin,
    scopes: userScopes,
    expiresAt,
    credential: { type: "token", issuerId: issuer.id, issuerVersion: issuer.version, issuedAt },
  };
}

async function authenticateKey(
  security: TenantSecurity,
  { tenant, apiKey, actAs }: Credentials & { apiKey: string },
): Promise<Principal> {
  const snapshot = await tenantFor(security, tenant, tenantOfApiKey(apiKey));
  const key = findKey(snapshot, apiKey);
  if (!key) throw new DomainError("unauthenticated", { detail: "There is no such API key" });
  const userId = readActAs(key, actAs);
  security.keyUsed(snapshot.tenantId, key.id);
  return {
    tenantId: snapshot.tenantId,
    kind: "key",
    ...(userId === undefined ? {} : { userId }),
    admin: userId === undefined && key.scopes.has("admin"),
    scopes: key.scopes,
    keyId: key.id,
    credential: { type: "key", keyId: key.id },
  };
}

/** The tenant of the address, if the credential may be meant for it. */
async function tenantFor(security: TenantSecurity, tenant: string, named: string | undefined): Promise<TenantSnapshot> {
  const snapshot = named === undefined || named === tenant ? await security.snapshot(tenant) : undefined;
  if (!snapshot) throw new DomainError("forbidden", { detail: "The credential is not for this tenant" });
  refuseSuspended(snapshot);
  return snapshot;
}

/** A fault of form is told only after the tenant is known to exist. */
function readToken(bearer: string): DecodedToken | TokenFault {
  try {
    return decodeToken(bearer);
  } catch (error) {
    if (error instanceof TokenFault) return error;
    throw error;
  }
}

function refuseSuspended(snapshot: TenantSnapshot): void {
  if (snapshot.suspended) throw new DomainError("tenant_suspended");
}

/** Throws a TokenFault where user or tenant refuse tokens of that time. */
export function refuseRevoked(snapshot: TenantSnapshot, userId: string, issuedAt: number | undefined): void {
  if (!isRevoked(snapshot, userId, issuedAt)) return;
  const timeless = "The token does not say when it was issued (iat), and tokens of before were revoked";
  throw new TokenFault("revoked", issuedAt === undefined ? timeless : "The token was revoked");
}

/** Whether user or tenant refuse tokens of that time. One that does not say when it was issued counts as old. */
export function isRevoked(snapshot: TenantSnapshot, userId: string, issuedAt: number | undefined): boolean {
  const validAfter = Math.max(snapshot.validAfter ?? 0, snapshot.usersValidAfter.get(userId) ?? 0);
  return validAfter > 0 && (issuedAt === undefined || issuedAt <= validAfter);
}

function findKey(snapshot: TenantSnapshot, apiKey: string): TrustedKey | undefined {
  const hash = hashApiKey(apiKey);
  const key = snapshot.keysByHash.get(hash);
  return key && sameText(key.hash, hash) ? key : undefined;
}

function readActAs(key: TrustedKey, actAs: string | undefined): string | undefined {
  if (!actAs) return undefined;
  if (!key.scopes.has("act-as")) throw new DomainError("scope_missing", { detail: "The key needs the scope act-as" });
  const user = userIdSchema.safeParse(actAs);
  if (!user.success)
    throw new DomainError("invalid", { errors: { "X-Act-As-User": user.error.issues.map((issue) => issue.message) } });
  return user.data;
}
