import { createTenant } from "./create-tenant.ts";
import { deleteTenant, restoreTenant } from "./delete-tenant.ts";
import { getTenant } from "./get-tenant.ts";
import { limitTenant } from "./limit-tenant.ts";
import { listTenants } from "./list-tenants.ts";
import { revokeTokens } from "./revoke-tokens.ts";
import { updateTenant } from "./update-tenant.ts";

export const tenantOperations = {
  get: getTenant,
  update: updateTenant,
  revokeAll: revokeTokens,
  delete: deleteTenant,
  restore: restoreTenant,
};

/** Calls of the whole installation, at no tenant's address. */
export const installationOperations = { createTenant, listTenants, updateTenant: limitTenant };
