import { createTenant } from "./create-tenant.ts";
import { getTenant } from "./get-tenant.ts";
import { revokeTokens } from "./revoke-tokens.ts";
import { updateTenant } from "./update-tenant.ts";

export const tenantOperations = { get: getTenant, update: updateTenant, revokeAll: revokeTokens };

/** Calls of the whole installation, at no tenant's address. */
export const installationOperations = { createTenant };
