import type { Pool } from "pg";
import type { TenantId } from "../auth/principal.ts";
import type { TenantTransaction } from "../persistence/prisma.ts";

// Hand-written SQL: one statement deletes thousands of rows and raises the log's floor with them.

/** Takes out up to `limit` events older than `before`, oldest first; returns how many went. */
export function retainEvents(pool: Pool, tenantId: TenantId, before: Date, limit: number): Promise<number> {
  return goneBy(pool, "select retain_events_v1($1, $2, $3) as gone", [tenantId, before, limit]);
}

/** Takes out idempotency keys made before, up to `limit` of calls and as many of sends; returns how many went. */
export function retainKeys(pool: Pool, tenantId: TenantId, before: Date, limit: number): Promise<number> {
  return goneBy(pool, "select retain_keys_v2($1, $2, $3) as gone", [tenantId, before, limit]);
}

/** What a webhook of a tenant's channels is to be told. */
export interface DueNotice {
  name: string;
  channel: string;
  userId: string | null;
  body: Record<string, unknown>;
}

/** Takes notices that are due, oldest first, in the transaction that tells them. */
export async function takeChannelNotices(
  tx: TenantTransaction,
  tenantId: TenantId,
  limit: number,
): Promise<DueNotice[]> {
  return await tx.$queryRaw<DueNotice[]>`
    select name, channel, user_id as "userId", body from take_channel_notices_v1(${tenantId}, ${limit}::int) order by id`;
}

/** Takes out what nobody will be told any more, and what nodes hold that are gone; returns how much. */
export function retainChannels(pool: Pool, tenantId: TenantId, before: { cached: Date; noted: Date }): Promise<number> {
  return goneBy(pool, "select retain_channels_v1($1, $2, $3) as gone", [tenantId, before.cached, before.noted]);
}

/** Takes out up to `limit` rows of each table of a tenant that was deleted and whose grace is over; returns how many went. */
export function purgeTenant(pool: Pool, tenantId: TenantId, limit: number): Promise<number> {
  return goneBy(pool, "select purge_tenant_v1($1, $2) as gone", [tenantId, limit]);
}

/** Takes out what was cancelled, and sends to many that ended, before a time; returns how many of the one kind or the other, at most `limit`. */
export function retainNotifications(pool: Pool, tenantId: TenantId, before: Date, limit: number): Promise<number> {
  return goneBy(pool, "select retain_notifications_v1($1, $2, $3) as gone", [tenantId, before, limit]);
}

/** Takes out mails caught before one time, and up to `limit` decisions settled before another; returns how many went. */
export function retainMail(
  pool: Pool,
  tenantId: TenantId,
  before: { caught: Date; settled: Date; limit: number },
): Promise<number> {
  return goneBy(pool, "select retain_mail_v2($1, $2, $3, $4) as gone", [
    tenantId,
    before.caught,
    before.settled,
    before.limit,
  ]);
}

/**
 * Of deliveries to webhook endpoints planned before, ends what still waits and whose event is no longer kept, and takes out what had ended, with
 * its attempts; what it ended only after that time again. Returns how many; at most `limit` of each.
 */
export function retainWebhooks(pool: Pool, tenantId: TenantId, before: Date, limit: number): Promise<number> {
  return goneBy(pool, "select retain_webhooks_v3($1, $2, $3) as gone", [tenantId, before, limit]);
}

async function goneBy(pool: Pool, text: string, values: unknown[]): Promise<number> {
  const { rows } = await pool.query<{ gone: number }>(text, values);
  return rows[0]?.gone ?? 0;
}
