import type { z } from "zod";
import type { TenantId } from "../../auth/principal.ts";
import { isId, newId } from "../../ids.ts";
import type { Span } from "../../persistence/cursor-form.ts";
import type { Database } from "../../persistence/database.ts";
import type { AuditEntry, Prisma } from "../../persistence/generated/client.ts";
import { literally } from "../../persistence/like.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import { byTime, type TimeCursor } from "../../persistence/time-cursor.ts";
import { maskInput } from "./policy.ts";
import type { auditActor } from "./schema.ts";

export type AuditActor = z.infer<typeof auditActor>;

export interface NewEntry {
  actorKind: AuditActor;
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
  const data = { ...toRow(tenantId, entry), outcome: "begun" };
  return (await db.forTenant(tenantId).auditEntry.create({ data })).id;
}

/** Notes what is done in the same transaction: a call at no tenant's address that changes something of the tenant. */
export async function noteEntry(tx: TenantTransaction, tenantId: TenantId, entry: NewEntry): Promise<void> {
  await tx.auditEntry.create({ data: { ...toRow(tenantId, entry), outcome: "ok" } });
}

function toRow(tenantId: TenantId, entry: NewEntry) {
  const input = JSON.parse(JSON.stringify(entry.input ?? {})) as Prisma.InputJsonObject;
  return { ...entry, tenantId, id: newId(), input };
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

/**
 * Takes addresses out of what was asked about their mail; in lower case. Who blocked or freed one when stays. Hand-written SQL: it changes a
 * part of the JSON of many rows.
 */
export async function forgetAddresses(tx: TenantTransaction, tenantId: TenantId, addresses: string[]): Promise<void> {
  const noted = addresses.map((address) => maskInput(address) as string);
  await tx.$executeRaw`update audit_entries set target = case when target is not null then 'address:•••' end,
      input = input || '{"address": "•••"}' || case when input ? 'detail' then '{"detail": "•••"}'::jsonb else '{}' end
    where tenant_id = ${tenantId} and operation in ('suppressions.add', 'suppressions.remove')
      and lower(input ->> 'address') = any (${noted})`;
}

/** Takes out up to `limit` entries noted before a time; returns how many went. */
export async function retainEntries(db: Database, tenantId: TenantId, before: Date, limit: number): Promise<number> {
  return (await db.forTenant(tenantId).auditEntry.deleteMany({ where: { tenantId, at: { lt: before } }, limit })).count;
}

export interface EntryFilter {
  actor?: string | undefined;
  operation?: string | undefined;
  target?: string | undefined;
  outcome?: string | undefined;
  id?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

/** Entries older than a cursor, newest first. */
export async function listEntries(
  db: Database,
  tenantId: TenantId,
  span: Span<TimeCursor>,
  { actor, operation, target, outcome, id, since, until }: EntryFilter,
): Promise<AuditEntry[]> {
  if (id !== undefined && !isId(id)) return [];
  const { bounds, orderBy, take, arrange } = byTime(span, { at: "at", id: "id" });
  const AND: Prisma.AuditEntryWhereInput[] = [...bounds];
  if (since) AND.push({ at: { gte: since } });
  if (until) AND.push({ at: { lt: until } });
  if (actor) AND.push({ OR: [{ actorId: actor }, { actorName: { equals: literally(actor), mode: "insensitive" } }] });
  if (operation) AND.push({ OR: [{ operation }, { operation: { startsWith: `${literally(operation)}.` } }] });
  const rows = await db.forTenant(tenantId).auditEntry.findMany({
    where: { tenantId, AND, ...(id ? { id } : {}), ...(target ? { target } : {}), ...(outcome ? { outcome } : {}) },
    orderBy,
    take,
  });
  return arrange(rows);
}
