import type { TenantId } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import { type EventType, eventTypes, type LogEvent } from "../../events.ts";
import type { LogBounds } from "../../log/cursor.ts";
import { readEventsOf } from "../../log/planner-store.ts";
import type { WebhookEndpoint } from "../../persistence/generated/client.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import { isStorableTime } from "../../schema.ts";
import { insertWebhookDeliveries, requeueWebhooks } from "./delivery-store.ts";
import { asksFor } from "./policy.ts";
import type { WebhookStatus } from "./schema.ts";

export interface Range {
  after?: string | undefined;
  upto?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
  types?: EventType[] | undefined;
  status?: WebhookStatus | undefined;
  undeliveredOnly?: boolean | undefined;
  /** Counts, and queues nothing */
  dryRun?: boolean | undefined;
  /** Reads an event id. Throws cursor_invalid, cursor_expired. */
  position(eventId: string, bounds: LogBounds): number;
}

/** Events a call looks at. */
const most = 5000;
/** By how much, in ms, an event's time may be behind the one before it: no transaction takes as long, and no clock is set back by more. */
const outOfOrder = 60 * 60_000;

/**
 * Queues what an endpoint asks for of a range of the log, or only counts it; `next` is where to go on when there is more. What is not planned yet stays the
 * planner's, so that nothing is told of twice by one call.
 */
export async function replayRange(
  tx: TenantTransaction,
  tenantId: TenantId,
  endpoint: WebhookEndpoint,
  range: Range,
): Promise<{ count: number; next: { epoch: number; position: number } | null }> {
  const bounds = await boundsOf(tx, tenantId);
  const [from, end] = [range.after, range.upto].map((id) =>
    id === undefined ? undefined : range.position(id, bounds),
  );
  const { after, upto } = await narrow(
    tx,
    tenantId,
    { after: from ?? bounds.floor, upto: end ?? bounds.position },
    range,
  );
  const all = endpoint.types.length > 0 ? (endpoint.types as EventType[]) : (Object.keys(eventTypes) as EventType[]);
  const types = range.types ? all.filter((type) => range.types?.includes(type)) : all;
  const events = await readEventsOf(tx, tenantId, types, { after, upto, limit: most });
  const { since = "", until = "~" } = range; // ISO-8601 times compare as text
  const inRange = events.filter((event) => asksFor(endpoint, event) && event.at >= since && event.at < until);
  const wanted = range.status ? await inStatus(tx, tenantId, endpoint.id, inRange, range.status) : inRange;
  const last = events.at(-1);
  const next = last && events.length === most ? { epoch: bounds.epoch, position: last.position } : null;
  const of = { position: { in: wanted.map(({ position }) => BigInt(position)) } };
  const leftOut = range.undeliveredOnly ? ["queued", "delivered"] : ["queued"];
  if (range.dryRun) {
    const where = { tenantId, endpointId: endpoint.id, ...of, status: { in: leftOut } };
    return { count: wanted.length - (await tx.webhookDelivery.count({ where })), next };
  }
  const known = await requeueWebhooks(tx, tenantId, endpoint.id, { ...of, status: { notIn: leftOut } });
  const made = await insertWebhookDeliveries(
    tx,
    tenantId,
    wanted.map((event) => ({ endpointId: endpoint.id, event, status: "queued" as const, epoch: bounds.epoch })),
  );
  return { count: known + made, next };
}

/** The part of (after, upto] that an event of a time can be in. */
async function narrow(
  tx: TenantTransaction,
  tenantId: TenantId,
  { after, upto }: { after: number; upto: number },
  { since, until }: Pick<Range, "since" | "until">,
): Promise<{ after: number; upto: number }> {
  const before = (time: string, shift: number) => {
    const at = Date.parse(time);
    return lastBefore(tx, tenantId, { after, upto }, new Date(isStorableTime(at + shift) ? at + shift : at));
  };
  return {
    after: since === undefined ? after : await before(since, -outOfOrder),
    upto: until === undefined ? upto : await before(until, outOfOrder),
  };
}

/**
 * Up to where in (after, upto] the events are older than a time; `after` when none is. Hand-written SQL: a halving search from event to event,
 * as times have no index and grow with the positions, which have no gaps.
 */
async function lastBefore(
  tx: TenantTransaction,
  tenantId: TenantId,
  { after, upto }: { after: number; upto: number },
  at: Date,
): Promise<number> {
  const [found] = await tx.$queryRaw<{ position: bigint }[]>`
    with recursive half (low, high) as (
      select ${after}::bigint, ${upto}::bigint
      union all
      select case when m.older then m.middle else m.low end, case when m.older then m.high else m.middle - 1 end
      from (
        select h.low, h.high, (h.low + h.high + 1) / 2 as middle,
          (select e.at < ${at} from events e where e.tenant_id = ${tenantId} and e.position = (h.low + h.high + 1) / 2) as older
        from half h where h.low < h.high) m
    )
    select max(low) as position from half`;
  return Number(found?.position ?? after);
}

/** Those of the events whose delivery is in a status. */
async function inStatus(
  tx: TenantTransaction,
  tenantId: TenantId,
  endpointId: string,
  events: LogEvent[],
  status: WebhookStatus,
): Promise<LogEvent[]> {
  const position = { in: events.map((event) => BigInt(event.position)) };
  const where = { tenantId, endpointId, position, status };
  const held = await tx.webhookDelivery.findMany({ where, select: { position: true } });
  const positions = new Set(held.map((row) => Number(row.position)));
  return events.filter((event) => positions.has(event.position));
}

/** Hand-written SQL: the epoch is what a function of the database says, and Prisma calls none. */
async function boundsOf(tx: TenantTransaction, tenantId: TenantId): Promise<LogBounds> {
  const [log] = await tx.$queryRaw<{ position: bigint; floor: bigint; epoch: bigint }[]>`
    select position, floor, log_epoch_v1(epoch) as epoch from tenant_log where tenant_id = ${tenantId}`;
  if (!log) throw new DomainError("not_found");
  return { position: Number(log.position), floor: Number(log.floor), epoch: Number(log.epoch) };
}
