import type { TenantId } from "../../auth/principal.ts";
import { firstIdAt, isId, timeOfId } from "../../ids.ts";
import type { Database } from "../../persistence/database.ts";
import type { ApiRequest } from "../../persistence/generated/client.ts";
import { Prisma } from "../../persistence/generated/client.ts";

export type RequestRow = ApiRequest;

/** A page with filters looks at so many rows and no more: what is rare may be on the next. */
const mostLooked = 20_000;
/** A summary looks at so many. */
const mostSummed = 50_000;
/** A call is noted within this of when it came in, in ms: so its row is found by the time in its request id. */
const notedWithin = 10 * 60_000;
const hour = 60 * 60_000;

/** Hand-written SQL: the typed way costs a node twenty times as much for hundreds of rows. */
export async function insertRequests(
  db: Database,
  tenantId: TenantId,
  rows: Omit<RequestRow, "tenantId">[],
): Promise<void> {
  if (rows.length === 0) return;
  await db.forTenant(tenantId).$executeRaw`
    insert into api_requests (tenant_id, id, at, transport, operation, status, code, ms, credential, key_id, user_id, person_id, request_id, ip)
    select ${tenantId}, id, at, transport, operation, status, code, ms, credential, "keyId", "userId", "personId", "requestId", ip
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(id uuid, at timestamptz, transport text, operation text, status smallint,
      code text, ms real, credential text, "keyId" text, "userId" text, "personId" text, "requestId" text, ip text)`;
}

/** Adds to how many calls of this hour were not noted. `at` in ms since 1970. */
export async function addSkips(db: Database, tenantId: TenantId, at: number, skipped: number): Promise<void> {
  const key = { tenantId, hour: new Date(Math.floor(at / hour) * hour) };
  await db.forTenant(tenantId).apiRequestSkip.upsert({
    where: { tenantId_hour: key },
    create: { ...key, skipped },
    update: { skipped: { increment: skipped } },
  });
}

export interface RequestFilter {
  transport?: string | undefined;
  operation?: string | undefined;
  outcome?: string | undefined;
  userId?: string | undefined;
  keyId?: string | undefined;
  requestId?: string | undefined;
  /** Noted from then on. */
  since?: string | undefined;
  /** Of the row. */
  id?: string | undefined;
}

export interface RequestRange {
  /** Older than the row of this id. */
  before?: string | undefined;
  limit: number;
  /** How many rows are looked at where there is a filter. */
  scan?: number;
}

/**
 * Rows that fit, newest first, and where to go on; undefined at the end. Hand-written SQL: the primary key alone is kept up for
 * it, so that noting a call is cheap, and a filter works on a bounded number of rows of it.
 */
export async function listRequests(
  db: Database,
  tenantId: TenantId,
  { before, limit, scan: most = mostLooked }: RequestRange,
  filter: RequestFilter,
): Promise<{ rows: RequestRow[]; next: string | undefined }> {
  const { requestId, since, id } = filter;
  if ([requestId, id].some((one) => one !== undefined && !isId(one))) return { rows: [], next: undefined };
  const conditions = conditionsOf(filter);
  // One more than asked for, so that the last page says that it is the last.
  const take = limit + 1;
  const scan = conditions.length > 0 ? most : take;
  const one = id === undefined ? Prisma.sql`true` : Prisma.sql`id = ${id}::uuid`;
  const from = requestId === undefined ? Prisma.sql`true` : Prisma.sql`id >= ${firstIdAt(timeOfId(requestId))}::uuid`;
  const noted = since === undefined ? Prisma.sql`true` : Prisma.sql`id >= ${firstIdAt(Date.parse(since))}::uuid`;
  const upto =
    before !== undefined
      ? Prisma.sql`id < ${before}::uuid`
      : requestId === undefined
        ? Prisma.sql`true`
        : Prisma.sql`id < ${firstIdAt(timeOfId(requestId) + notedWithin)}::uuid`;
  const fits = conditions.length > 0 ? Prisma.join(conditions, " and ") : Prisma.sql`true`;
  const found = await db.forTenant(tenantId).$queryRaw<({ looked: number; last: string | null } & RequestRow)[]>`
    with newest as materialized (
      select * from api_requests where tenant_id = ${tenantId} and ${one} and ${from} and ${noted} and ${upto} order by id desc limit ${scan}),
    extent as (select count(*)::int as looked, (array_agg(id order by id))[1] as last from newest)
    select looked, last, f.id, at, transport, operation, status::int, code, ms, credential, key_id as "keyId", user_id as "userId",
      person_id as "personId", request_id as "requestId", ip
    from extent left join (select * from newest where ${fits} order by id desc limit ${take}) f on true order by f.id desc`;
  const fitting = found.filter(({ id }) => id !== null);
  const rows = fitting.slice(0, limit);
  const more = (found[0]?.looked ?? 0) === scan ? (found[0]?.last ?? undefined) : undefined;
  if (id !== undefined) return { rows, next: undefined };
  return { rows, next: fitting.length > limit ? rows.at(-1)?.id : more };
}

function conditionsOf({ transport, operation, outcome, userId, keyId, requestId }: RequestFilter): Prisma.Sql[] {
  const all = [
    transport && Prisma.sql`transport = ${transport}`,
    operation && Prisma.sql`(operation = ${operation} or starts_with(operation, ${`${operation}.`}))`,
    outcome && outcomeIs(outcome),
    userId && Prisma.sql`user_id = ${userId}`,
    keyId && Prisma.sql`key_id = ${keyId}`,
    requestId && Prisma.sql`request_id = ${requestId}`,
  ];
  return all.filter((condition) => typeof condition === "object");
}

function outcomeIs(outcome: string): Prisma.Sql {
  if (outcome === "failed") return Prisma.sql`code <> 'ok'`;
  return outcome === "faults" ? Prisma.sql`status >= 500` : Prisma.sql`code = ${outcome}`;
}

export interface RequestGroup {
  operation: string;
  code: string;
  status: number;
  count: number;
  firstAt: Date;
  lastAt: Date;
  /** The newest one's. */
  requestId: string;
}

export interface RequestSummary {
  noted: number;
  failed: number;
  /** Not noted. */
  skipped: number;
  /** When the oldest that was looked at was noted, where there may be older ones. */
  cutAt: Date | undefined;
  groups: RequestGroup[];
}

/** What went wrong since a time, in ms since 1970, by operation and code: of the newest 50,000 calls that were noted. */
export async function summarizeRequests(
  db: Database,
  tenantId: TenantId,
  since: number,
  most = mostSummed,
): Promise<RequestSummary> {
  const client = db.forTenant(tenantId);
  const groups = await client.$queryRaw<RequestGroup[]>`
    select operation, code, max(status)::int as status, count(*)::int as count, min(at) as "firstAt", max(at) as "lastAt",
      (array_agg(request_id order by id desc))[1] as "requestId"
    from (select * from api_requests where tenant_id = ${tenantId} and id >= ${firstIdAt(since)}::uuid order by id desc limit ${most}) r
    group by operation, code order by count desc, operation, code limit 1000`;
  const { _sum } = await client.apiRequestSkip.aggregate({
    where: { tenantId, hour: { gte: new Date(Math.floor(since / hour) * hour) } },
    _sum: { skipped: true },
  });
  const failed = groups.filter(({ code }) => code !== "ok");
  const countOf = (some: RequestGroup[]) => some.reduce((sum, { count }) => sum + count, 0);
  const noted = countOf(groups);
  const cutAt = noted < most ? undefined : new Date(Math.min(...groups.map(({ firstAt }) => firstAt.getTime())));
  return { noted, failed: countOf(failed), skipped: _sum.skipped ?? 0, cutAt, groups: failed };
}

/** Takes out up to `limit` calls noted before a time, in ms since 1970, and the hours before it; returns how many calls went. */
export async function removeRequests(db: Database, tenantId: TenantId, before: number, limit: number): Promise<number> {
  const client = db.forTenant(tenantId);
  await client.apiRequestSkip.deleteMany({ where: { tenantId, hour: { lt: new Date(before) } } });
  const { count } = await client.apiRequest.deleteMany({ where: { tenantId, id: { lt: firstIdAt(before) } }, limit });
  return count;
}
