import { type ConsoleScope, type Role, scopesOfRole } from "../../auth/roles.ts";
import { DomainError } from "../../errors.ts";
import type { Context } from "../../operation.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import { lockTenant } from "../tenants/store.ts";
import { findOperator } from "./store.ts";

/**
 * The role with which the call is made, as it is with the tenant locked: a session may be read two seconds ago, and whoever was demoted
 * since must not use them to come back. Keys and Admin tokens manage, and are no owner.
 * @throws forbidden for a role that may not do that any more
 */
export async function lockOwnRole(
  { principal, tenantId }: Pick<Context, "principal" | "tenantId">,
  tx: TenantTransaction,
  scope: ConsoleScope,
): Promise<Role> {
  await lockTenant(tx, tenantId);
  if (!principal.person) return "admin";
  const own = (await findOperator(tx, tenantId, principal.person.personId))?.role as Role | undefined;
  if (!own || !scopesOfRole[own].has(scope)) throw new DomainError("forbidden", { detail: "Your role has changed" });
  return own;
}
