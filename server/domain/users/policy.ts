import type { Principal } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";

/** A profile is its user's own, and open to Admins, to operators as far as their role's scopes go, and to keys on their own. */
export function canManageUser(principal: Principal, userId: string): boolean {
  if (principal.userId === userId || principal.admin || principal.kind === "operator") return true;
  return principal.kind === "key" && principal.userId === undefined;
}

export function ensureManageable(principal: Principal, userId: string): void {
  if (!canManageUser(principal, userId)) throw new DomainError("forbidden", { detail: "A profile is its user's own" });
}
