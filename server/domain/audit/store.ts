import type { TenantId } from "../../auth/principal.ts";
import { newId } from "../../ids.ts";
import type { Database } from "../../persistence/database.ts";
import type { AuditEntry, Prisma } from "../../persistence/generated/client.ts";

export interface NewEntry {
  actorKind: "operator" | "key" | "user";
  actorId: string;
  actorName?: string | undefined;
  ip?: string | undefined;
  operation: string;
  target?: string | undefined;
  input: unknown;
  requestId: string;
}

/** Notes what is about to be done; returns its id. */
export async function beginEntry(db: Database, tenantId: TenantId, entry: NewEntry): Promise<string> {
  const input = JSON.parse(JSON.stringify(entry.input ?? {})) as Prisma.InputJsonObject;
  const data = { ...entry, tenantId, id: newId(), input, outcome: "begun" };
  return (await db.forTenant(tenantId).auditEntry.create({ data })).id;
}

export interface Settlement {
  outcome: string;
  target?: string | undefined;
  before?: unknown;
  after?: unknown;
}

/** Notes how it ended. */
export async function settleEntry(db: Database, tenantId: TenantId, id: string, end: Settlement): Promise<void> {
  const json = (value: unknown) =>
    value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as Prisma.InputJsonValue);
  const { outcome, target } = end;
  const data = { outcome, target, before: json(end.before), after: json(end.after) };
  await db.forTenant(tenantId).auditEntry.updateMany({ where: { tenantId, id }, data });
}

export interface EntryFilter {
  actor?: string | undefined;
  operation?: string | undefined;
  target?: string | undefined;
  outcome?: string | undefined;
}

/** Entries older than a cursor, newest first. */
export function listEntries(
  db: Database,
  tenantId: TenantId,
  range: { before?: { at: Date; id: string } | undefined; limit: number },
  { actor, operation, target, outcome }: EntryFilter,
): Promise<AuditEntry[]> {
  const { before, limit } = range;
  const AND: Prisma.AuditEntryWhereInput[] = [];
  if (before)
    AND.push({ at: { lte: before.at }, OR: [{ at: { lt: before.at } }, { at: before.at, id: { lt: before.id } }] });
  if (actor) AND.push({ OR: [{ actorId: actor }, { actorName: { equals: actor, mode: "insensitive" } }] });
  if (operation) AND.push({ OR: [{ operation }, { operation: { startsWith: `${operation}.` } }] });
  return db.forTenant(tenantId).auditEntry.findMany({
    where: { tenantId, AND, ...(target ? { target } : {}), ...(outcome ? { outcome } : {}) },
    orderBy: [{ at: "desc" }, { id: "desc" }],
    take: limit,
  });
}
