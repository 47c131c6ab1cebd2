import type { TenantId } from "../../auth/principal.ts";
import { nilId } from "../../ids.ts";
import type { Database } from "../../persistence/database.ts";
import type { AuditEntry } from "../../persistence/generated/client.ts";

// What is left of a person where they were before, and where they had the group Admin.

interface TracePage {
  userId: string;
  after?: string | undefined;
  limit: number;
}

/** What somebody did as an Admin, by id. */
export function listPersonEntries(
  db: Database,
  tenantId: TenantId,
  { userId, after, limit }: TracePage,
): Promise<AuditEntry[]> {
  const by = { actorKind: "user", actorId: userId };
  const where = { tenantId, ...by, ...(after === undefined ? {} : { id: { gt: after } }) };
  return db.forTenant(tenantId).auditEntry.findMany({ where, orderBy: { id: "asc" }, take: limit });
}

/** Takes out from where somebody did what they did as an Admin; that they did it stays. */
export async function dropEntryAddresses(db: Database, tenantId: TenantId, ids: string[]): Promise<void> {
  await db.forTenant(tenantId).auditEntry.updateMany({ where: { tenantId, id: { in: ids } }, data: { ip: null } });
}

export interface PastMembership {
  tenantId: string;
  chatId: string;
  /** From which position of the log on they were in it, and up to which. */
  spans: { from: number; to: number }[];
}

/** The chats that somebody was in and left, by chat. Hand-written SQL: Prisma does not know the table. */
export function listPastMemberships(
  db: Database,
  tenantId: TenantId,
  { userId, after = nilId, limit }: TracePage,
): Promise<PastMembership[]> {
  return db.forTenant(tenantId).$queryRaw`
    select tenant_id as "tenantId", chat_id as "chatId",
      json_agg(json_build_object('from', from_position, 'to', to_position) order by from_position) as spans
    from membership_spans
    where tenant_id = ${tenantId} and user_id = ${userId} and to_position is not null and chat_id > ${after}::uuid
    group by tenant_id, chat_id order by chat_id limit ${limit}::int`;
}
