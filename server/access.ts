import type { Logger } from "pino";
import { ensureSudo, type Principal, type TenantId } from "./auth/principal.ts";
import { scopesOfRole } from "./auth/roles.ts";
import { networkOf } from "./client-address.ts";
import type { TenantSettings } from "./domain/tenants/schema.ts";
import { DomainError, toDomainError } from "./errors.ts";
import type { Allowance, Limiter } from "./limiter.ts";
import type { Caller, Operation } from "./operation.ts";
import { limits } from "./schema.ts";
import type { Services } from "./services.ts";

/** Whether this caller may make this call at all. Throws unauthenticated, forbidden, user_required, scope_missing, reauthentication_required. */
export function requireAccess(operation: Operation, principal: Principal): void {
  const { http, access } = operation;
  const { caller } = access;
  if (http.root) requireRootAccess(operation, principal);
  else if (caller === "anyone") return;
  else if (principal.kind === "visitor") throw new DomainError("unauthenticated");
  else if (principal.kind === "operator") requireOperator(operation, principal);
  else requireTenantAccess(operation, principal);
}

/** The same as an answer. */
export function mayCall(operation: Operation, principal: Principal): boolean {
  try {
    requireAccess(operation, principal);
    return true;
  } catch {
    return false;
  }
}

/** Of users and keys. */
function requireTenantAccess({ access }: Operation, principal: Principal): void {
  const { caller, scope } = access;
  if (scope && !principal.scopes.has(scope)) {
    if (principal.kind === "key")
      throw new DomainError("scope_missing", { detail: `This call needs the scope ${scope}` });
    if (!principal.admin) throw new DomainError("forbidden", { detail: "This call is for API keys and Admins" });
  }
  if (access.console === "admin:owner")
    throw new DomainError("forbidden", { detail: "This call is for the tenant's owner, signed in to the console" });
  if (caller === "user" && principal.userId === undefined)
    throw new DomainError("user_required", { detail: "A key carries no user; name one with X-Act-As-User" });
  if (caller === "key" && principal.kind !== "key")
    throw new DomainError("forbidden", { detail: "This call is for API keys" });
  if (caller === "admin" && principal.kind === "user" && !principal.admin)
    throw new DomainError("forbidden", { detail: "This call is for Admins" });
}

/** Calls at no tenant's address. The hub, which is a tenant's, offers them too, and its users may none of them. */
function requireRootAccess({ access }: Operation, principal: Principal): void {
  const { kind, person } = principal;
  const may = {
    anyone: kind === "visitor" || kind === "person" || kind === "internal",
    installation: kind === "installation" || person?.installationOwner === true,
    person: kind === "person",
    internal: kind === "internal",
  } as Record<Caller, boolean | undefined>;
  if (kind === "visitor" && access.caller !== "anyone") throw new DomainError("unauthenticated");
  if (!may[access.caller])
    throw new DomainError("forbidden", {
      detail:
        access.caller === "person"
          ? "This call is for whoever is signed in to the console"
          : "This call is for the installation's owner, or its key",
    });
  if (access.sudo) ensureSudo(principal);
}

function requireOperator({ access, kind }: Operation, principal: Principal): void {
  const { caller, scope } = access;
  if (caller === "user")
    throw new DomainError("user_required", { detail: "An operator is no user of the tenant: act as one" });
  if (caller === "key") throw new DomainError("forbidden", { detail: "This call is for API keys" });
  const wanted = access.console ?? (kind === "query" ? "admin:read" : "admin:write");
  const may =
    caller === "admin"
      ? scopesOfRole[principal.role ?? "read-only"].has(wanted)
      : !scope || principal.scopes.has(scope);
  if (!may) throw new DomainError("forbidden", { detail: `The role ${principal.role} may not do that` });
  if (access.sudo) ensureSudo(principal);
}

/** Of somebody who is signed in to the console. */
const personRate = { rate: 20, burst: 200 };

/** One token of the caller's own bucket, by the tenant's rates; whoever runs it gets at them, however low they were set. Throws `rate_limited`. */
export function takeOwn(
  limiter: Limiter,
  { tenantId, userId, keyId, person }: Principal,
  rates: Pick<TenantSettings["rates"], "user" | "key"> | undefined,
): Allowance {
  if (person) return limiter.take("person", person.personId, personRate);
  if (!rates) throw new DomainError("unauthenticated");
  return keyId === undefined
    ? limiter.take("user", JSON.stringify([tenantId, userId ?? null]), rates.user)
    : limiter.take("key", JSON.stringify([tenantId, keyId]), rates.key);
}

/** Opening a connection costs its caller what a call does: each is a look into the log, and word of who is there. Throws `rate_limited`. */
export async function payForOpening(
  { security, limiter }: Pick<Services, "security" | "limiter">,
  principal: Principal,
): Promise<void> {
  takeOwn(limiter, principal, (await security.snapshot(principal.tenantId))?.settings.rates);
}

/** Of one address at one tenant: all that it may hold come back at once when a node has ended. */
const anonymousOpenings = { rate: 100, burst: limits.anonymousPerAddress };

/** Opening a connection that carries nothing but the public key of an app costs the address it comes from. Throws `rate_limited`. */
export function payForAnonymous(limiter: Limiter, { tenantId, ip }: { tenantId: TenantId; ip: string }): void {
  limiter.take("openings", JSON.stringify([tenantId, networkOf(ip)]), anonymousOpenings);
}

/** What callers of an unknown tenant get. */
export const strangerRate = { rate: 20, burst: 100 };

/** Lets a caller in as whom `check` finds, as `letIn`; coming without a credential, where none is needed, costs the address a try too. */
export async function admit(
  services: Pick<Services, "security" | "limiter">,
  from: { tenant: string; ip: string | (() => string) },
  check: () => Principal | Promise<Principal>,
): Promise<Principal> {
  const principal = await letIn(services, from, check);
  if (principal.kind === "visitor") await slowDown(services, from);
  return principal;
}

/**
 * Gives what `check` finds. An address that keeps coming without a valid credential runs out of tries; one with a valid credential passes
 * whatever else comes from its address.
 * @throws what `check` throws, and `rate_limited`
 */
export async function letIn<T>(
  services: Pick<Services, "security" | "limiter">,
  from: { tenant: string; ip: string | (() => string) },
  check: () => T | Promise<T>,
): Promise<T> {
  // A stranger who asks for tenant after tenant is stopped before the database is asked for each.
  if (!services.security.knows(from.tenant)) refuseStranger(services, { tenant: from.tenant, ip: ipOf(from) });
  try {
    return await check();
  } catch (error) {
    // Also for a fault of ours that it has found: only what is nobody's doing costs nothing.
    if (toDomainError(error).code !== "unavailable") await slowDown(services, from);
    throw error;
  }
}

/** A spent address still gets some tenants looked up: behind it may be somebody with a valid credential for one not seen yet. */
const lookUpRate = { rate: 5, burst: 20 };

/** Throws `rate_limited` for an address that has asked for too many tenants that nobody knows: each costs a look into the database. */
export function refuseStranger(
  { security, limiter }: Pick<Services, "security" | "limiter">,
  from: { tenant: string; ip: string },
): void {
  const network = networkOf(from.ip);
  if (!security.knows(from.tenant) && limiter.isSpent("address", network))
    limiter.take("look-ups", network, lookUpRate);
}

function ipOf({ ip }: { ip: string | (() => string) }): string {
  return typeof ip === "string" ? ip : ip();
}

async function slowDown(
  { security, limiter }: Pick<Services, "security" | "limiter">,
  { tenant, ip }: { tenant: string; ip: string | (() => string) },
): Promise<void> {
  const rate = (await security.snapshot(tenant))?.settings.rates.address;
  const network = networkOf(ipOf({ ip }));
  // A bucket for each tenant that there is, or one with a low rate would keep an address out of the others.
  if (rate) limiter.take("address", JSON.stringify([tenant, network]), rate);
  else limiter.take("address", network, strangerRate);
}

/**
 * Ends an open connection that has outlived its token by more than its tenant allows; not one that has got another token while that was
 * looked up. `now` in ms since 1970.
 */
export function endOutlived(
  { services, log }: { services: Pick<Services, "security">; log: Pick<Logger, "warn"> },
  connection: { readonly principal: Principal; disconnect(reason: "expired"): void },
  now: number,
): void {
  const { tenantId, expiresAt } = connection.principal;
  if (expiresAt === undefined || now < expiresAt) return;
  hasOutlivedToken(services, connection.principal, now).then(
    (outlived) => outlived && connection.principal.expiresAt === expiresAt && connection.disconnect("expired"),
    // The next sweep asks again.
    (error) => log.warn({ err: error, tenantId }, "a tenant's grace period could not be read"),
  );
}

async function hasOutlivedToken(
  { security }: Pick<Services, "security">,
  { tenantId, expiresAt }: Principal,
  now: number,
): Promise<boolean> {
  if (expiresAt === undefined || now < expiresAt) return false;
  const grace = (await security.snapshot(tenantId))?.settings.tokenExpiry.grace ?? 0;
  return now >= expiresAt + grace * 1000;
}
