import type { TenantId } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import type { Rate } from "../../limiter.ts";
import type { Database } from "../../persistence/database.ts";
import { Prisma, type Tenant as TenantRow } from "../../persistence/generated/client.ts";
import { literally } from "../../persistence/like.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import type { SettingsPatch } from "./schema.ts";

/** Throws not_found. */
export async function getTenant(db: Database, tenantId: TenantId): Promise<TenantRow> {
  return required(await db.forTenant(tenantId).tenant.findUnique({ where: { id: tenantId } }));
}

/** Whether nothing of a tenant's may go out; also where there is no such tenant any more. */
export async function isHalted(db: Database, tenantId: TenantId): Promise<boolean> {
  const row = await db
    .forTenant(tenantId)
    .tenant.findUnique({ where: { id: tenantId }, select: { suspendedAt: true } });
  return row?.suspendedAt !== null;
}

/**
 * The tenant, with its row locked: changes of its settings, keys and issuers come one after the other. Hand-written SQL, because
 * Prisma has no row lock. Throws not_found.
 */
export async function lockTenant(tx: TenantTransaction, tenantId: TenantId): Promise<TenantRow> {
  await tx.$queryRaw`select 1 from tenants where id = ${tenantId} for no key update`;
  return required(await tx.tenant.findUnique({ where: { id: tenantId } }));
}

export function saveTenant(
  tx: TenantTransaction,
  tenantId: TenantId,
  data: { name?: string; settings?: SettingsPatch; rulesAt?: Date },
): Promise<TenantRow> {
  return tx.tenant.update({ where: { id: tenantId }, data });
}

/** Refuses every token issued until now, by the database's clock, which Prisma cannot write. */
export async function revokeTenantTokens(tx: TenantTransaction, tenantId: TenantId): Promise<Date> {
  const rows = await tx.$queryRaw<{ valid_after: Date }[]>`
    update tenants set valid_after = greatest(valid_after, clock_timestamp()) where id = ${tenantId} returning valid_after`;
  return required(rows[0]).valid_after;
}

function required<T>(row: T | null | undefined): T {
  if (!row) throw new DomainError("not_found");
  return row;
}

/** What the installation's owner sees of a tenant. */
export interface InstallationTenant {
  id: string;
  name: string;
  createdAt: Date;
  suspendedAt: Date | null;
  deleteAfter: Date | null;
  settings: unknown;
  rateCap: Rate | null;
  operators: number;
  users: number;
  chats: number;
  events: number;
}

/** Tenants by id. Hand-written SQL: a function that reads each as itself, because nobody sees across. */
export async function listInstallationTenants(
  db: Database,
  { search, after, limit }: { search?: string | undefined; after: string; limit: number },
): Promise<InstallationTenant[]> {
  const { rows } = await db.pool.query<InstallationTenant>(
    `select id, name, created_at as "createdAt", suspended_at as "suspendedAt", delete_after as "deleteAfter", settings, rate_cap as "rateCap", operators,
       users, chats, "position" as events from installation_tenants_v2($1, $2, $3)`,
    [after, search === undefined ? null : literally(search), limit],
  );
  return rows;
}

/** Suspends a tenant or lets it go on; deletes it at a time, or not; caps the calls of all of it, or not. */
export async function setStanding(
  tx: TenantTransaction,
  tenantId: TenantId,
  standing: {
    suspended?: boolean | undefined;
    deleteAfter?: Date | null | undefined;
    rateCap?: Rate | null | undefined;
  },
): Promise<TenantRow> {
  const { suspended, deleteAfter, rateCap } = standing;
  const data = {
    ...(suspended === undefined ? {} : { suspendedAt: suspended ? new Date() : null }),
    ...(deleteAfter === undefined ? {} : { deleteAfter }),
    ...(rateCap === undefined ? {} : { rateCap: rateCap === null ? Prisma.DbNull : { ...rateCap } }),
  };
  return tx.tenant.update({ where: { id: tenantId }, data });
}
