import { isRevoked } from "./authenticate.ts";
import type { Principal } from "./principal.ts";
import type { TenantSecurity, TenantSnapshot } from "./tenant-security.ts";

/** `expired` is the token's own end, after which the tenant's grace period runs; `revoked` ends a connection at once. */
export type Standing = "ok" | "revoked" | "expired";

/** What was read at most this long ago is good enough: with a sweep every 3 s, what is revoked anywhere is closed within 5 s. */
const recheckAgeMs = 1000;

/** Whether the credential of an open connection is still good. Throws what the database throws: then nothing is known, and nothing to be closed. */
export async function recheckPrincipal(security: TenantSecurity, principal: Principal): Promise<Standing> {
  if (principal.credential.type === "session") return (await security.sessions.stands(principal)) ? "ok" : "revoked";
  return standingOf(await security.snapshot(principal.tenantId, recheckAgeMs), principal, security.now());
}

function standingOf(snapshot: TenantSnapshot | undefined, principal: Principal, now: number): Standing {
  if (!snapshot || snapshot.suspended) return "revoked";
  const { credential, userId, scopes } = principal;
  switch (credential.type) {
    case "token": {
      const issuer = snapshot.issuers.find(({ id }) => id === credential.issuerId);
      if (!issuer?.enabled || issuer.version !== credential.issuerVersion) return "revoked";
      if (userId !== undefined && isRevoked(snapshot, userId, credential.issuedAt)) return "revoked";
      return principal.expiresAt !== undefined && principal.expiresAt <= now ? "expired" : "ok";
    }
    case "key": {
      const key = snapshot.keysById.get(credential.keyId);
      return key && [...scopes].every((scope) => key.scopes.has(scope)) ? "ok" : "revoked";
    }
    default:
      return "ok";
  }
}
