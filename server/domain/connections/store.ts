import type { TenantId } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import type { Span } from "../../persistence/cursor-form.ts";
import type { Database } from "../../persistence/database.ts";
import type { Connection as ConnectionRow } from "../../persistence/generated/client.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import { byTime, type TimeCursor } from "../../persistence/time-cursor.ts";

export interface ConnectionFilter {
  userId?: string | undefined;
  protocol?: string | undefined;
}

/** What is open on the nodes that live, newest first. */
export async function listConnections(
  db: Database,
  tenantId: TenantId,
  filter: ConnectionFilter,
  span: Span<TimeCursor>,
): Promise<ConnectionRow[]> {
  const living = await livingNodes(db);
  const { bounds, orderBy, take, arrange } = byTime(span, { at: "openedAt", id: "id" });
  const where = { tenantId, ...filter, nodeId: { in: living }, AND: bounds };
  return arrange(await db.forTenant(tenantId).connection.findMany({ where, orderBy, take }));
}

/** How many are open. */
export async function countConnections(db: Database, tenantId: TenantId, filter: ConnectionFilter): Promise<number> {
  const living = await livingNodes(db);
  return db.forTenant(tenantId).connection.count({ where: { tenantId, ...filter, nodeId: { in: living } } });
}

/** A node that has not said for 20 s that it lives holds nothing any more. Hand-written SQL: both are told by Postgres' clock. */
async function livingNodes(db: Database): Promise<string[]> {
  const rows = await db.prisma.$queryRaw<{ id: string }[]>`
    select id from nodes where seen_at > now() - interval '20 seconds'`;
  return rows.map(({ id }) => id);
}

/** Asks for the end of a connection. Throws not_found. */
export async function endConnection(tx: TenantTransaction, tenantId: TenantId, id: string): Promise<ConnectionRow> {
  const rows = await tx.connection.updateManyAndReturn({ where: { tenantId, id }, data: { ending: true } });
  if (!rows[0]) throw new DomainError("not_found");
  return rows[0];
}
