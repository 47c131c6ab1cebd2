import type { Pool } from "pg";
import type { TenantId } from "../auth/principal.ts";
import { DomainError } from "../errors.ts";
import type { EventType, LogEvent } from "../events.ts";
import type { TenantTransaction } from "../persistence/prisma.ts";

// Hand-written SQL: the tail of a log is read for every event a node delivers; through Prisma a read costs 4 to 20 times as much.

/** SQLSTATE of read_visible_events_v1: retention has been there. */
const cutOff = "PA001";

/** A row of the functions that read the log; Prisma gives whole numbers as bigint. */
export interface EventRow {
  pos: number | bigint;
  type: EventType;
  chat_id: string | null;
  user_id: string | null;
  seq: number | bigint | null;
  payload: Record<string, unknown>;
  internal: LogEvent["internal"] | null;
  client_hash: string | null;
  at: Date;
}

export interface ReaderState {
  position: number;
  floor: number;
  epoch: number;
  /** Chats the user sees; empty without a user. */
  chatIds: string[];
}

/** Where the log is and what the user sees, in one snapshot. Undefined when the tenant has no log. */
export async function findReaderState(
  pool: Pool,
  tenantId: TenantId,
  userId?: string,
): Promise<ReaderState | undefined> {
  const { rows } = await pool.query<{ position: number; floor: number; epoch: number; chat_ids: string[] | null }>({
    name: "reader_state_v1",
    text: "select position, floor, epoch, chat_ids from reader_state_v1($1, $2)",
    values: [tenantId, userId ?? null],
  });
  const row = rows[0];
  return row && { position: row.position, floor: row.floor, epoch: row.epoch, chatIds: row.chat_ids ?? [] };
}

/** The epoch of the tenant's log, which every decision carries. Throws not_found. */
export async function epochOf(tx: TenantTransaction, tenantId: TenantId): Promise<number> {
  const [row] = await tx.$queryRaw<{ epoch: bigint }[]>`
    select log_epoch_v1(epoch) as epoch from tenant_log where tenant_id = ${tenantId}`;
  if (!row) throw new DomainError("not_found");
  return Number(row.epoch);
}

export interface Span {
  after: number;
  upto: number;
  limit: number;
}

/** Events of the tenant in (after, upto], oldest first, of what is kept. */
export async function readEvents(pool: Pool, tenantId: TenantId, span: Span): Promise<LogEvent[]> {
  const { rows } = await pool.query<EventRow>({
    name: "read_events_v1",
    text: "select * from read_events_v1($1, $2, $3, $4)",
    values: [tenantId, span.after, span.upto, span.limit],
  });
  return rows.map((row) => toEvent(tenantId, row));
}

/**
 * What a user, or without one a key, may see of (after, upto], oldest first. Throws `cursor_expired` when retention has cut off any of
 * it: what is left is a part.
 */
export async function readVisibleEvents(
  pool: Pool,
  tenantId: TenantId,
  userId: string | undefined,
  span: Span,
): Promise<LogEvent[]> {
  const { rows } = await pool
    .query<EventRow>({
      name: "read_visible_events_v1",
      text: "select * from read_visible_events_v1($1, $2, $3, $4, $5)",
      values: [tenantId, userId ?? null, span.after, span.upto, span.limit],
    })
    .catch((error) => {
      if (error.code !== cutOff) throw error;
      throw new DomainError("cursor_expired", { detail: "Events that old are no longer kept", internal: error });
    });
  return rows.map((row) => toEvent(tenantId, row));
}

/** What a user sees of one chat in (after, upto]; without a chat what is its own, and what brings it into chats and out of them. */
export async function readChannelEvents(
  pool: Pool,
  tenantId: TenantId,
  { userId, chatId }: { userId: string; chatId?: string | undefined },
  span: Span,
): Promise<LogEvent[]> {
  const { rows } = await pool.query<EventRow>({
    name: "read_channel_events_v1",
    text: "select * from read_channel_events_v1($1, $2, $3, $4, $5, $6)",
    values: [tenantId, userId, chatId ?? null, span.after, span.upto, span.limit],
  });
  return rows.map((row) => toEvent(tenantId, row));
}

export interface Head {
  tenantId: TenantId;
  position: number;
  epoch: number;
}

/** The heads of logs, of all without a list: a look across tenants, by a function whose owner sees little else. */
export async function readHeads(pool: Pool, tenantIds?: TenantId[]): Promise<Head[]> {
  const { rows } = await pool.query<{ tenant_id: TenantId; pos: number; epoch: number }>({
    name: "log_heads_v1",
    text: "select tenant_id, pos, epoch from log_heads_v1($1)",
    values: [tenantIds ?? null],
  });
  return rows.map((row) => ({ tenantId: row.tenant_id, position: row.pos, epoch: row.epoch }));
}

/** Tenants whose log one of these consumers has not planned to its end, by a function as above: those that sleep cost no more than its one look. */
export async function findBehind(pool: Pool, consumers: string[]): Promise<TenantId[]> {
  const { rows } = await pool.query<{ tenant_id: TenantId }>({
    name: "logs_behind_v1",
    text: "select tenant_id from logs_behind_v1($1)",
    values: [consumers],
  });
  return rows.map((row) => row.tenant_id);
}

/** A row as readers get it. */
export function toEvent(tenantId: TenantId, row: EventRow): LogEvent {
  return {
    tenantId,
    position: Number(row.pos),
    type: row.type,
    payload: row.payload,
    at: row.at.toISOString(),
    ...(row.chat_id === null ? {} : { chatId: row.chat_id }),
    ...(row.user_id === null ? {} : { userId: row.user_id }),
    ...(row.seq === null ? {} : { seq: Number(row.seq) }),
    ...(row.internal === null ? {} : { internal: row.internal }),
    ...(row.client_hash === null ? {} : { clientHash: row.client_hash }),
  };
}
