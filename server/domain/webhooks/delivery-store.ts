import type { TenantId } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import type { LogEvent } from "../../events.ts";
import { isId, newId, requireId } from "../../ids.ts";
import type { Cursors } from "../../log/cursor.ts";
import { epochOf } from "../../log/store.ts";
import type { Span } from "../../persistence/cursor-form.ts";
import type { Database } from "../../persistence/database.ts";
import type { Prisma, WebhookAttempt, WebhookDelivery } from "../../persistence/generated/client.ts";
import type { Job } from "../../persistence/jobs.ts";
import { clockOf, type TenantTransaction } from "../../persistence/prisma.ts";
import { byTime, type TimeCursor } from "../../persistence/time-cursor.ts";
import type { SampleType } from "./make-sample.ts";
import { chatOf, type WebhookPatience, webhookPatience, width } from "./policy.ts";
import type { WebhookStatus } from "./schema.ts";

/** A request that takes so long, in ms, is slow. */
const slowAfter = 1000;

export interface NewWebhookDelivery {
  /** Made unless given */
  id?: string;
  endpointId: string;
  event: Pick<LogEvent, "chatId" | "userId" | "payload"> & { type: SampleType; position?: number };
  status: WebhookStatus;
  epoch: number;
  /** What a sample says */
  sample?: Prisma.InputJsonObject;
}

/**
 * Writes what is to be sent; what is there already stays as it is. Returns how many are new. Hand-written SQL: a busy tenant with many
 * endpoints has tens of thousands at once, which Prisma turns into statements for longer than the others' effects may wait.
 */
export async function insertWebhookDeliveries(
  tx: TenantTransaction,
  tenantId: TenantId,
  news: NewWebhookDelivery[],
): Promise<number> {
  if (news.length === 0) return 0;
  const now = await clockOf(tx); // the defaults have no other clock when a test has one
  return await tx.$executeRaw`
    insert into webhook_deliveries
      (tenant_id, id, endpoint_id, position, epoch, type, chat_id, lane, sample, status, due_at, created_at, updated_at)
    select ${tenantId}, r.id, r.endpoint, r.position, r.epoch, r.type, r.chat, r.lane, r.sample, r.status, ${now}, ${now}, ${now}
    from json_to_recordset(${JSON.stringify(news.map(toRow))}::json) as r
      (id uuid, endpoint uuid, position bigint, epoch bigint, type text, chat uuid, lane text, sample jsonb, status text)
    on conflict do nothing`;
}

function toRow({ id = newId(), endpointId, event, status, epoch, sample }: NewWebhookDelivery) {
  const chat = chatOf(event);
  const { type, position } = event;
  return { id, endpoint: endpointId, position, epoch, type, chat, lane: chat ?? event.userId ?? "", sample, status };
}

/**
 * Which of some endpoints can take nothing now and are slow about it: each request that they may have under way is so for a while already,
 * or they are let be; and when to look again. What is under way goes on to what is new as it ends: a look is for what that just misses.
 * Hand-written SQL: a count for each endpoint from the index of what is claimed.
 */
export async function findHanging(
  tx: TenantTransaction,
  tenantId: TenantId,
  endpointIds: string[],
  { lease, trouble }: Pick<WebhookPatience, "lease" | "trouble"> = webhookPatience,
): Promise<Map<string, Date>> {
  if (endpointIds.length === 0) return new Map();
  const now = await clockOf(tx);
  const [soon, slow] = [new Date(now.getTime() + slowAfter), new Date(now.getTime() + lease - slowAfter)];
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select e.id from webhook_endpoints e
    where e.tenant_id = ${tenantId} and e.id = any (${endpointIds}::uuid[]) and (e.open_until > ${soon} or (
      select count(*) from webhook_deliveries d
      where d.tenant_id = ${tenantId} and d.endpoint_id = e.id and d.status = 'queued' and d.claimed_until > ${now} and d.claimed_until < ${slow}
    ) >= case when e.failures >= ${trouble}::int then 1 else ${width}::int end)`;
  return new Map(rows.map(({ id }) => [id, soon]));
}

/** The header webhook-id: an event's own id, so that whoever gets it twice by any way knows it. */
export function messageIdOf(
  cursors: Cursors,
  tenantId: TenantId,
  { id, position, epoch }: { id: string; position: bigint | null; epoch: bigint },
): string {
  return position === null ? `sample_${id}` : cursors.encode(tenantId, Number(epoch), Number(position));
}

/** Sends what has something to be sent: now, or when it is due. Of the jobs for one second there is one. */
export function webhookJob(tenantId: TenantId, endpointId: string, at?: Date): Job {
  const key = `webhooks:${endpointId}`;
  if (!at) return { task: "webhooks", payload: { tenantId, endpointId }, key };
  return {
    task: "webhooks",
    payload: { tenantId, endpointId },
    key: `${key}:${Math.floor(at.getTime() / 1000)}`,
    runAt: at,
  };
}

export interface DeliveryQuery {
  webhookId: string;
  status?: WebhookStatus | undefined;
  type?: string | undefined;
  chatId?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

export function countWebhookDeliveries(db: Database, tenantId: TenantId, query: DeliveryQuery): Promise<number> {
  return db.forTenant(tenantId).webhookDelivery.count({ where: whereOf(tenantId, query) });
}

/** Deliveries of an endpoint older than one place and newer than another, the newest first. */
export async function listWebhookDeliveries(
  db: Database,
  tenantId: TenantId,
  query: DeliveryQuery,
  span: Span<TimeCursor>,
): Promise<WebhookDelivery[]> {
  const { bounds, arrange, ...part } = byTime(span, { at: "createdAt", id: "id" });
  const where = { AND: [whereOf(tenantId, query), ...bounds] };
  return arrange(await db.forTenant(tenantId).webhookDelivery.findMany({ where, ...part }));
}

/** One delivery with its tries, the last hundred. Throws not_found. */
export async function getWebhookDelivery(
  client: Pick<TenantTransaction, "webhookDelivery" | "webhookAttempt">,
  tenantId: TenantId,
  { webhookId, webhookDeliveryId }: { webhookId: string; webhookDeliveryId: string },
): Promise<{ row: WebhookDelivery; tries: WebhookAttempt[] }> {
  const id = requireId(webhookDeliveryId);
  const row = await client.webhookDelivery.findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (row?.endpointId !== requireId(webhookId)) throw new DomainError("not_found");
  const tries = await client.webhookAttempt.findMany({
    where: { tenantId, deliveryId: id },
    orderBy: { number: "desc" },
    take: 100,
  });
  return { row, tries: tries.reverse() };
}

/** Queues deliveries once more, now and with all their tries before them. Returns how many. */
export async function requeueWebhooks(
  tx: TenantTransaction,
  tenantId: TenantId,
  endpointId: string,
  which: Pick<Prisma.WebhookDeliveryWhereInput, "id" | "position" | "status">,
): Promise<number> {
  const now = await clockOf(tx);
  const askedEpoch = await epochOf(tx, tenantId);
  const { count } = await tx.webhookDelivery.updateMany({
    where: { tenantId, endpointId, ...which },
    data: { status: "queued", detail: null, attempts: 0, dueAt: now, updatedAt: now, askedEpoch },
  });
  return count;
}

function whereOf(tenantId: TenantId, query: DeliveryQuery): Prisma.WebhookDeliveryWhereInput {
  const { webhookId, chatId, since, until, ...same } = query;
  const where = { tenantId, endpointId: requireId(webhookId), ...same };
  const span = { ...(since === undefined ? {} : { gte: since }), ...(until === undefined ? {} : { lt: until }) };
  return {
    ...where,
    ...(chatId === undefined ? {} : { chatId: isId(chatId) ? chatId.toLowerCase() : { in: [] } }),
    ...(since === undefined && until === undefined ? {} : { createdAt: span }),
  };
}

/** How the newest deliveries of an endpoint went. */
export interface WebhookFigures {
  tries: number;
  succeeded: number;
  p95Ms: number | null;
}

/** Of each endpoint the newest deliveries, so that one that is sent much costs no more to look at than another. */
const measured = 500;

/**
 * How those of the endpoints' newest 500 deliveries went that are not older than a day, by endpoint; those without a try are left out.
 * Hand-written SQL: Prisma has neither percentiles nor "the newest 500 of each".
 */
export async function measureWebhooks(
  tx: TenantTransaction,
  tenantId: TenantId,
  endpointIds: string[],
): Promise<Map<string, WebhookFigures>> {
  const rows = await tx.$queryRaw<(WebhookFigures & { id: string })[]>`
    select e.id::text as id, f.tries, f.succeeded, f."p95Ms"
    from unnest(${endpointIds}::uuid[]) as e (id)
    cross join lateral (
      select count(*)::int as tries, (count(*) filter (where a.status between 200 and 299))::int as succeeded,
        (percentile_disc(0.95) within group (order by a.ms)) as "p95Ms"
      from (select d.id from webhook_deliveries d
        where d.tenant_id = ${tenantId} and d.endpoint_id = e.id and d.created_at > now() - interval '24 hours'
        order by d.created_at desc, d.id desc limit ${measured}) newest
      join webhook_attempts a on a.tenant_id = ${tenantId} and a.delivery_id = newest.id and a.ms is not null) f
    where f.tries > 0`;
  return new Map(rows.map(({ id, ...figures }) => [id, figures]));
}
