import { randomBytes } from "node:crypto";
import { z } from "zod";
import { installationId } from "../../auth/api-key.ts";
import { mintTenantId, type TenantId, tenantIdForm } from "../../auth/principal.ts";
import { scopes } from "../../auth/scopes.ts";
import { DomainError } from "../../errors.ts";
import type { Database } from "../../persistence/database.ts";
import { type TenantTransaction, tenantTransaction } from "../../persistence/prisma.ts";
import { insertKey } from "../api-keys/store.ts";
import { insertInternalIssuer } from "../issuers/store.ts";
import { ensurePusherApp } from "../pusher-apps/store.ts";
import { settingsPatchSchema, tenantName } from "./schema.ts";

export const newTenantInput = {
  id: z
    .string()
    .regex(tenantIdForm, "must be 1 to 63 of a-z, 0-9 and inner hyphens")
    .refine((id) => id !== installationId, "is reserved")
    .describe("Part of every address; never reused"),
  name: tenantName,
  settings: settingsPatchSchema.default({}),
};

const newTenantSchema = z.object({ ...newTenantInput, demo: z.boolean().default(false) });

/** `demo` is for the seed alone: no operation passes it on. */
export type NewTenant = z.input<typeof newTenantSchema>;

export interface MadeTenant {
  tenantId: TenantId;
  /** Shown once, like the secondary. Both hold every scope. */
  primaryKey: string;
  secondaryKey: string;
}

/**
 * Makes a tenant with its log, its own issuer and its two keys, in one transaction.
 * @throws invalid (id, name or settings), conflict (the id is taken)
 */
export async function createTenant(db: Database, authSecret: string, tenant: NewTenant): Promise<MadeTenant> {
  const tenantId = mintTenantId(tenant.id);
  return tenantTransaction(db.prisma, tenantId, (tx) => insertTenant(tx, authSecret, tenant));
}

/** The same within a transaction that is the new tenant's, to row-level security. */
export async function insertTenant(tx: TenantTransaction, authSecret: string, input: NewTenant): Promise<MadeTenant> {
  const { id, name, demo, settings } = readTenant(input);
  const tenantId = mintTenantId(id);
  const { count } = await tx.tenant.createMany({ data: [{ id, name, demo, settings }], skipDuplicates: true });
  if (count === 0) throw new DomainError("conflict", { detail: "There is a tenant of that id" });
  // Random, so that a cursor of an earlier database of ours is recognised as foreign.
  await tx.tenantLog.create({ data: { tenantId, epoch: randomBytes(8).readBigInt64BE() } });
  await insertInternalIssuer(tx, tenantId, authSecret);
  await ensurePusherApp(tx, tenantId, authSecret);
  const primary = await insertKey(tx, tenantId, { kind: "primary", name: "Primary key", scopes });
  const secondary = await insertKey(tx, tenantId, { kind: "secondary", name: "Secondary key", scopes });
  return { tenantId, primaryKey: primary.key, secondaryKey: secondary.key };
}

function readTenant(input: NewTenant): z.output<typeof newTenantSchema> {
  const tenant = newTenantSchema.safeParse(input);
  if (tenant.success) return tenant.data;
  const { fieldErrors } = z.flattenError(tenant.error);
  throw new DomainError("invalid", { errors: fieldErrors });
}
