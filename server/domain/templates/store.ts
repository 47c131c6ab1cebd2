import type { TenantId } from "../../auth/principal.ts";
import { DomainError, takenError } from "../../errors.ts";
import { byName, type Span } from "../../persistence/cursor-form.ts";
import type { Database } from "../../persistence/database.ts";
import type {
  Prisma,
  Template as TemplateRow,
  TemplateVersion as VersionRow,
} from "../../persistence/generated/client.ts";
import type { Page } from "../../persistence/paging.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import { lockTenant } from "../tenants/store.ts";
import { etagOf, maxTemplates, maxVersions, type TemplateDraft } from "./schema.ts";

export interface StoredTemplate {
  row: TemplateRow;
  version: VersionRow;
}

/** A template with one of its versions, the newest unless told. Throws not_found. */
export async function getTemplate(
  tx: TenantTransaction,
  tenantId: TenantId,
  name: string,
  version?: number,
): Promise<StoredTemplate> {
  const row = required(await tx.template.findUnique({ where: { tenantId_name: { tenantId, name } } }));
  return { row, version: await getVersion(tx, tenantId, name, version ?? row.latest) };
}

/** What sends use; null when there is no such template, or nothing of it is published. */
export async function findPublished(
  tx: TenantTransaction,
  tenantId: TenantId,
  name: string,
): Promise<VersionRow | null> {
  return tx.templateVersion.findFirst({ where: { tenantId, name, state: "published" } });
}

export function countTemplates(db: Database, tenantId: TenantId): Promise<number> {
  return db.forTenant(tenantId).template.count({ where: { tenantId } });
}

/** In order of name. */
export async function listTemplatesBetween(
  db: Database,
  tenantId: TenantId,
  span: Span<string>,
): Promise<TemplateRow[]> {
  const { name, order, arrange, ...part } = byName(span);
  const { template } = db.forTenant(tenantId);
  return arrange(await template.findMany({ where: { tenantId, name }, orderBy: { name: order }, ...part }));
}

/** Newest first. Throws not_found. */
export async function pageVersions(
  db: Database,
  tenantId: TenantId,
  name: string,
  page: Page,
): Promise<{ rows: VersionRow[]; total: number }> {
  const { templateVersion } = db.forTenant(tenantId);
  const where = { tenantId, name };
  const [rows, total] = await Promise.all([
    templateVersion.findMany({ where, orderBy: { version: "desc" }, skip: page.offset, take: page.pageSize }),
    templateVersion.count({ where }),
  ]);
  if (total === 0) throw new DomainError("not_found");
  return { rows, total };
}

/**
 * Writes the draft: a new version after a published one, else the draft that is there, as a whole. Of many versions the oldest go.
 * Throws conflict when the tenant has as many templates as it may, or one of this name that was to be new, or a draft other than the
 * one that was to be replaced.
 */
export async function saveDraft(
  tx: TenantTransaction,
  tenantId: TenantId,
  name: string,
  draft: TemplateDraft & { onlyNew?: boolean; onlyIf?: string },
): Promise<StoredTemplate> {
  await lockTenant(tx, tenantId);
  const { title, subject, message, text = null, html = null, summary = null, required: needed, sample } = draft;
  const found = await tx.template.findUnique({ where: { tenantId_name: { tenantId, name } } });
  if (found && draft.onlyNew) throw takenError("name");
  const newest = found && (await getVersion(tx, tenantId, name, found.latest));
  if (draft.onlyIf !== undefined) ensureReplaced(newest, draft.onlyIf);
  const number = newest ? (newest.state === "draft" ? newest.version : newest.version + 1) : 1;
  if (!found && (await tx.template.count({ where: { tenantId } })) >= maxTemplates)
    throw new DomainError("conflict", { detail: `A tenant has at most ${maxTemplates} templates` });
  const content = { subject, message, text, html, summary, required: needed, sample: sample as Prisma.InputJsonObject };
  const version = await tx.templateVersion.upsert({
    where: { tenantId_name_version: { tenantId, name, version: number } },
    create: { tenantId, name, version: number, state: "draft", ...content },
    update: content,
  });
  await tx.templateVersion.deleteMany({
    where: { tenantId, name, version: { lte: number - maxVersions }, state: { not: "published" } },
  });
  const row = await tx.template.upsert({
    where: { tenantId_name: { tenantId, name } },
    create: { tenantId, name, title: title ?? name, latest: number },
    update: { ...(title === undefined ? {} : { title }), latest: number, updatedAt: new Date() },
  });
  return { row, version };
}

/** A save that was written from one version must not take the words of a draft that its writer never saw. */
function ensureReplaced(newest: VersionRow | null, onlyIf: string): void {
  if (newest === null) throw new DomainError("conflict", { detail: "The template was deleted" });
  if (newest.state !== "draft" || etagOf(newest) === onlyIf) return;
  const text = `Version ${newest.version} is a draft already and says something else`;
  throw new DomainError("conflict", { detail: text, errors: { onlyIf: [text] } });
}

/** Makes a version, the newest unless told, the one that sends use. Throws not_found. */
export async function publishVersion(
  tx: TenantTransaction,
  tenantId: TenantId,
  name: string,
  number?: number,
): Promise<StoredTemplate> {
  await lockTenant(tx, tenantId);
  const { row, version } = await getTemplate(tx, tenantId, name, number);
  if (row.published === version.version) return { row, version };
  return moveTo(tx, row, version.version, "retired");
}

/** Takes the published version back for the one that was published before it. Throws not_found, conflict when there is none. */
export async function rollBackVersion(
  tx: TenantTransaction,
  tenantId: TenantId,
  name: string,
): Promise<StoredTemplate> {
  await lockTenant(tx, tenantId);
  const { row } = await getTemplate(tx, tenantId, name);
  const before = await tx.templateVersion.findFirst({
    where: { tenantId, name, state: "retired" },
    orderBy: [{ publishedAt: "desc" }, { version: "desc" }],
  });
  if (!before || row.published === null)
    throw new DomainError("conflict", { detail: "No other version was published before" });
  return moveTo(tx, row, before.version, "rolled-back");
}

/** Removes a template with its versions. Throws not_found. */
export async function removeTemplate(tx: TenantTransaction, tenantId: TenantId, name: string): Promise<void> {
  await lockTenant(tx, tenantId);
  const { count } = await tx.template.deleteMany({ where: { tenantId, name } });
  if (count === 0) throw new DomainError("not_found");
  await tx.templateVersion.deleteMany({ where: { tenantId, name } });
}

/** Publishes one version in the place of another. Versions stay in the order in which they were first published. */
async function moveTo(
  tx: TenantTransaction,
  { tenantId, name, published }: TemplateRow,
  number: number,
  old: "retired" | "rolled-back",
): Promise<StoredTemplate> {
  const at = (version: number) => ({ tenantId_name_version: { tenantId, name, version } });
  if (published !== null) await tx.templateVersion.update({ where: at(published), data: { state: old } });
  const now = new Date();
  const data = { state: "published", ...(old === "retired" ? { publishedAt: now } : {}) };
  const version = await tx.templateVersion.update({ where: at(number), data });
  const row = await tx.template.update({
    where: { tenantId_name: { tenantId, name } },
    data: { published: number, updatedAt: now },
  });
  return { row, version };
}

async function getVersion(
  tx: TenantTransaction,
  tenantId: TenantId,
  name: string,
  version: number,
): Promise<VersionRow> {
  return required(
    await tx.templateVersion.findUnique({ where: { tenantId_name_version: { tenantId, name, version } } }),
  );
}

function required<T>(row: T | null): T {
  if (row === null) throw new DomainError("not_found");
  return row;
}
