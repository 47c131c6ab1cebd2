import type { Pool } from "pg";
import type { TenantId } from "../../auth/principal.ts";
import { type WebhookPatience, width } from "../../domain/webhooks/policy.ts";
import type { WebhookStatus } from "../../domain/webhooks/schema.ts";
import type { LogEvent } from "../../events.ts";
import { type EventRow, toEvent } from "../../log/store.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";

// Hand-written SQL: a claim locks, counts, picks and notes in one round trip, for every request to every endpoint.

export interface ClaimedWebhook {
  id: string;
  /** Of the attempt, ever */
  number: number;
  /** Since it was last asked for, this one with them */
  attempts: number;
  /** What a sample says */
  sample: object | null;
  /** The log's when it was planned */
  epoch: number;
  /** Undefined when the log has let go of it, and of a sample */
  event: LogEvent | undefined;
}

type ClaimRow = EventRow &
  Omit<ClaimedWebhook, "event" | "epoch"> & { epoch: bigint | number; kept: boolean; older: boolean };

/**
 * Claims one delivery that is due and notes the attempt; undefined when there is nothing to be done now. What was queued before the
 * database was restored or moved is left waiting for somebody who knows.
 */
export async function claimWebhook(
  pool: Pool,
  tenantId: TenantId,
  endpointId: string,
  { trouble, lease }: Pick<WebhookPatience, "trouble" | "lease">,
): Promise<ClaimedWebhook | undefined> {
  const claim = {
    name: "claim_webhook_v2",
    text: "select * from claim_webhook_v2($1, $2, $3, $4, make_interval(secs => $5))",
    values: [tenantId, endpointId, width, trouble, lease / 1000],
  };
  let row: ClaimRow | undefined;
  do {
    [row] = (await pool.query<ClaimRow>(claim)).rows;
    if (!row) return undefined;
  } while (row.older);
  const { id, number, attempts, sample, epoch, kept } = row;
  return { id, number, attempts, sample, epoch: Number(epoch), event: kept ? toEvent(tenantId, row) : undefined };
}

/** When there is something to do for an endpoint; undefined when there is nothing. */
export async function nextWebhook(
  tx: TenantTransaction,
  tenantId: TenantId,
  endpointId: string,
  { trouble }: Pick<WebhookPatience, "trouble">,
): Promise<Date | undefined> {
  const [row] = await tx.$queryRaw<{ at: Date | null }[]>`
    select next_webhook_v1(${tenantId}, ${endpointId}::uuid, ${width}::int, ${trouble}::int) as at`;
  return row?.at ?? undefined;
}

/** How an attempt ended. */
export interface WebhookEnd {
  status: WebhookStatus;
  /** Of one that is queued: when it is tried again */
  dueAt?: Date | undefined;
  detail?: string | undefined;
  said: { ms?: number; status?: number; answer?: string; fault?: string };
}

/** Notes how an attempt ended, of the delivery and of its endpoint; true when that was disabled by it. */
export async function finishWebhook(
  tx: TenantTransaction,
  tenantId: TenantId,
  { id, number }: Pick<ClaimedWebhook, "id" | "number">,
  { status, dueAt = undefined, detail, said }: WebhookEnd,
  { trouble, pause, disableAfter }: Pick<WebhookPatience, "trouble" | "pause" | "disableAfter">,
): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ disabled: boolean }[]>`
    select finish_webhook_v1(${tenantId}, ${id}::uuid, ${number}::int, ${JSON.stringify(said)}::json, ${status}, ${dueAt ?? null}::timestamptz,
      ${detail ?? null}, ${trouble}::int, make_interval(secs => ${pause / 1000}::float8),
      make_interval(secs => ${disableAfter / 1000}::float8)) as disabled`;
  return row?.disabled ?? false;
}
