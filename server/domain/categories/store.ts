import type { TenantId } from "../../auth/principal.ts";
import { DomainError, takenError } from "../../errors.ts";
import type { Database } from "../../persistence/database.ts";
import { type Category as CategoryRow, Prisma } from "../../persistence/generated/client.ts";
import type { Page } from "../../persistence/paging.ts";
import { clockOf, type TenantTransaction } from "../../persistence/prisma.ts";
import { lockTenant, saveTenant } from "../tenants/store.ts";
import { type CategoryDraft, maxCategories } from "./schema.ts";

/** What is declared of a type; null for one that is not. */
export function findCategory(tx: TenantTransaction, tenantId: TenantId, type: string): Promise<CategoryRow | null> {
  return tx.category.findUnique({ where: { tenantId_type: { tenantId, type } } });
}

/** All that is declared, by type; as many as a tenant may have. */
export function listAllCategories(tx: TenantTransaction, tenantId: TenantId): Promise<CategoryRow[]> {
  return tx.category.findMany({ where: { tenantId }, orderBy: { type: "asc" }, take: maxCategories });
}

export async function pageCategories(
  db: Database,
  tenantId: TenantId,
  page: Page,
): Promise<{ rows: CategoryRow[]; total: number }> {
  const { category } = db.forTenant(tenantId);
  const [rows, total] = await Promise.all([
    category.findMany({ where: { tenantId }, orderBy: { type: "asc" }, skip: page.offset, take: page.pageSize }),
    category.count({ where: { tenantId } }),
  ]);
  return { rows, total };
}

/**
 * Declares a type, or declares it anew. Throws conflict when the tenant has as many as it may, or this one that was to be new, or another
 * than the one that was to be replaced.
 */
export async function saveCategory(
  tx: TenantTransaction,
  tenantId: TenantId,
  type: string,
  draft: CategoryDraft & { onlyNew?: boolean; onlyIf?: string | undefined },
): Promise<CategoryRow> {
  await lockTenant(tx, tenantId);
  const found = await findCategory(tx, tenantId, type);
  if (found && draft.onlyNew) throw takenError("type");
  if (draft.onlyIf !== undefined) ensureReplaced(found, draft.onlyIf);
  const others = await tx.category.count({ where: { tenantId, type: { not: type } } });
  if (others >= maxCategories)
    throw new DomainError("conflict", { detail: `A tenant has at most ${maxCategories} categories` });
  const { title, description = null, channels, priority, required, metadataSchema } = draft;
  const schema = metadataSchema === undefined ? Prisma.DbNull : (metadataSchema as Prisma.InputJsonObject);
  const updatedAt = await clockOf(tx); // mail on its way compares it with when it was planned
  const data = { title, description, channels, priority, required, metadataSchema: schema, updatedAt };
  return tx.category.upsert({
    where: { tenantId_type: { tenantId, type } },
    create: { tenantId, type, ...data },
    update: data,
  });
}

/** A category is stored as a whole: who never saw the newest change would take it back. */
function ensureReplaced(found: CategoryRow | null, onlyIf: string): void {
  if (found?.updatedAt.getTime() === Date.parse(onlyIf)) return;
  const text = found ? "It was changed meanwhile" : "It was deleted meanwhile";
  throw new DomainError("conflict", { detail: text, errors: { onlyIf: [text] } });
}

/** Mail on its way asks again what it may. Throws not_found. */
export async function removeCategory(tx: TenantTransaction, tenantId: TenantId, type: string): Promise<void> {
  await lockTenant(tx, tenantId);
  const { count } = await tx.category.deleteMany({ where: { tenantId, type } });
  if (count === 0) throw new DomainError("not_found");
  await saveTenant(tx, tenantId, { rulesAt: await clockOf(tx) });
}
