import { SignJWT } from "jose";
import type { TenantSecurity } from "../../auth/tenant-security.ts";
import { DomainError } from "../../errors.ts";

export interface UserToken {
  userId: string;
  groups?: string[] | undefined;
  /** Seconds */
  expiresIn: number;
}

export interface SignedToken {
  token: string;
  /** ISO-8601 */
  expiresAt: string;
}

/**
 * Signs a user's token with the tenant's own issuer. It is issued now, or just after the last revocation that is known: clocks of
 * nodes and database run apart, and a token made after a revocation must be good.
 * @throws not_found (no such tenant), conflict (its own issuer is switched off)
 */
export async function signUserToken(security: TenantSecurity, tenantId: string, user: UserToken): Promise<SignedToken> {
  const snapshot = await security.snapshot(tenantId);
  if (!snapshot) throw new DomainError("not_found");
  const issuer = snapshot.issuers.find(({ kind, enabled }) => kind === "internal" && enabled);
  if (issuer?.kind !== "internal")
    throw new DomainError("conflict", { detail: "The tenant's own issuer is switched off" });
  const validAfter = Math.max(snapshot.validAfter ?? 0, snapshot.usersValidAfter.get(user.userId) ?? 0);
  const issuedAt = Math.max(security.now(), validAfter + 1);
  // Whole seconds, and none less than was asked for: a token of 1 s must not be over at once.
  const exp = Math.ceil(issuedAt / 1000) + user.expiresIn;
  const token = await new SignJWT({ tenantId, groups: user.groups ?? [], iat: issuedAt / 1000, exp })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setIssuer(issuer.issuer ?? "")
    .setSubject(user.userId)
    .sign(issuer.secret);
  return { token, expiresAt: new Date(exp * 1000).toISOString() };
}

/** Whether the tenant's own issuer takes somebody in these groups for an Admin. */
export async function givesAdminRights(
  security: TenantSecurity,
  tenantId: string,
  groups: string[] = [],
): Promise<boolean> {
  const issuers = (await security.snapshot(tenantId))?.issuers ?? [];
  return issuers.some(({ kind, claims }) => kind === "internal" && groups.includes(claims.adminGroup));
}
