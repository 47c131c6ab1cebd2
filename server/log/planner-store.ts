import type { TenantId } from "../auth/principal.ts";
import type { EventType, LogEvent } from "../events.ts";
import type { TenantTransaction } from "../persistence/prisma.ts";
import { type EventRow, toEvent } from "./store.ts";

// Hand-written SQL: a cursor is claimed and moved for every batch of every busy tenant.

export interface ClaimedCursor {
  /** Everything up to here is planned. */
  position: number;
  /** Of the next event with effects: recipients up to this one are planned too. */
  recipient: string | null;
  /** Events up to here are older than the log's epoch. */
  gate: number;
  /** When they were found to be; null where the log never had another epoch. */
  gateAt: Date | null;
  epoch: number;
  /** Where the log is. */
  head: number;
}

/** Locks a consumer's cursor until the transaction ends; undefined when another worker has it, or the tenant has no log. */
export async function claimCursor(
  tx: TenantTransaction,
  tenantId: TenantId,
  consumer: string,
): Promise<ClaimedCursor | undefined> {
  const [row] = await tx.$queryRaw<
    { pos: bigint; recipient: string | null; gate: bigint; gateAt: Date | null; epoch: bigint; head: bigint }[]
  >`
    select pos, recipient, gate, gate_at as "gateAt", epoch, head from claim_cursor_v2(${tenantId}, ${consumer})`;
  return (
    row && {
      position: Number(row.pos),
      recipient: row.recipient,
      gate: Number(row.gate),
      gateAt: row.gateAt,
      epoch: Number(row.epoch),
      head: Number(row.head),
    }
  );
}

/** Events of some types in (after, upto], oldest first. */
export async function readEventsOf(
  tx: TenantTransaction,
  tenantId: TenantId,
  types: EventType[],
  { after, upto, limit }: { after: number; upto: number; limit: number },
): Promise<LogEvent[]> {
  const rows = await tx.$queryRaw<EventRow[]>`
    select * from read_events_of_v1(${tenantId}, ${after}::bigint, ${upto}::bigint, ${types}, ${limit}::int)`;
  return rows.map((row) => toEvent(tenantId, row));
}

/** Moves a claimed cursor. */
export async function moveCursor(
  tx: TenantTransaction,
  tenantId: TenantId,
  consumer: string,
  to: { position: number; recipient: string | null },
): Promise<void> {
  await tx.$executeRaw`
    update planner_cursors set position = ${to.position}::bigint, recipient = ${to.recipient}
    where tenant_id = ${tenantId} and consumer = ${consumer}`;
}

/** Of a move without effects nothing is lost with the server's last moments: it would only be made again. */
export async function commitLazily(tx: TenantTransaction): Promise<void> {
  await tx.$executeRaw`set local synchronous_commit = off`;
}
