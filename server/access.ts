import type { Principal } from "./auth/principal.ts";
import { DomainError } from "./errors.ts";
import type { Operation } from "./operation.ts";

/** Whether this caller may make this call at all. Throws unauthenticated, forbidden, user_required, scope_missing. */
export function requireAccess({ access }: Operation, principal: Principal): void {
  const { caller, scope } = access;
  if (caller === "anyone") return;
  if (principal.kind === "visitor") throw new DomainError("unauthenticated");
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
