import type { Principal } from "./auth/principal.ts";
import { DomainError } from "./errors.ts";
import type { Operation } from "./operation.ts";
import type { Services } from "./services.ts";

/** Whether this caller may make this call at all. Throws unauthenticated, forbidden, user_required, scope_missing. */
export function requireAccess({ access }: Operation, principal: Principal): void {
  const { caller, scope } = access;
  if (caller === "anyone") return;
  if (principal.kind === "visitor") throw new DomainError("unauthenticated");
  if (caller === "installation" && principal.kind !== "installation")
    throw new DomainError("forbidden", { detail: "This call is for the installation's key" });
  if (scope && !principal.scopes.has(scope)) {
    if (principal.kind === "key")
      throw new DomainError("scope_missing", { detail: `This call needs the scope ${scope}` });
    if (!principal.admin) throw new DomainError("forbidden", { detail: "This call is for API keys and Admins" });
  }
  if (caller === "user" && principal.userId === undefined)
    throw new DomainError("user_required", { detail: "A key carries no user; name one with X-Act-As-User" });
  if (caller === "key" && principal.kind !== "key")
    throw new DomainError("forbidden", { detail: "This call is for API keys" });
  if (caller === "admin" && principal.kind === "user" && !principal.admin)
    throw new DomainError("forbidden", { detail: "This call is for Admins" });
}

/** What callers of an unknown tenant get. */
export const strangerRate = { rate: 20, burst: 100 };

/**
 * Lets a caller in as whom `check` finds. An address that keeps coming without a valid credential, or with none where none is needed,
 * runs out of tries; one with a valid credential passes whatever else comes from its address.
 * @throws what `check` throws, and `rate_limited`
 */
export async function admit(
  services: Pick<Services, "security" | "limiter">,
  from: { tenant: string; ip: string | (() => string) },
  check: () => Principal | Promise<Principal>,
): Promise<Principal> {
  let principal: Principal;
  // A stranger who asks for tenant after tenant is stopped before the database is asked for each.
  if (!services.security.knows(from.tenant)) refuseStranger(services, { tenant: from.tenant, ip: ipOf(from) });
  try {
    principal = await check();
  } catch (error) {
    if (error instanceof DomainError && (error.status === 401 || error.status === 403)) await slowDown(services, from);
    throw error;
  }
  if (principal.kind === "visitor") await slowDown(services, from);
  return principal;
}

/** A spent address still gets some tenants looked up: behind it may be somebody with a valid credential for one not seen yet. */
const lookUpRate = { rate: 5, burst: 20 };

/** Throws `rate_limited` for an address that has asked for too many tenants that nobody knows: each costs a look into the database. */
export function refuseStranger(
  { security, limiter }: Pick<Services, "security" | "limiter">,
  from: { tenant: string; ip: string },
): void {
  if (!security.knows(from.tenant) && limiter.isSpent("address", from.ip))
    limiter.take("look-ups", from.ip, lookUpRate);
}

function ipOf({ ip }: { ip: string | (() => string) }): string {
  return typeof ip === "string" ? ip : ip();
}

async function slowDown(
  { security, limiter }: Pick<Services, "security" | "limiter">,
  { tenant, ip }: { tenant: string; ip: string | (() => string) },
): Promise<void> {
  const rate = (await security.snapshot(tenant))?.settings.rates.address ?? strangerRate;
  limiter.take("address", ipOf({ ip }), rate);
}

/** Whether an open connection has outlived its token by more than its tenant allows. `now` in ms since 1970. */
export async function hasOutlivedToken(
  { security }: Pick<Services, "security">,
  { tenantId, expiresAt }: Principal,
  now: number,
): Promise<boolean> {
  if (expiresAt === undefined || now < expiresAt) return false;
  const grace = (await security.snapshot(tenantId))?.settings.tokenExpiry.grace ?? 0;
  return now >= expiresAt + grace * 1000;
}
