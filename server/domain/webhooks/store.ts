import type { TenantId } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import type { EventType } from "../../events.ts";
import { newId, requireId } from "../../ids.ts";
import type { Database } from "../../persistence/database.ts";
import type { WebhookEndpoint } from "../../persistence/generated/client.ts";
import type { Job } from "../../persistence/jobs.ts";
import type { Page } from "../../persistence/paging.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import { lockTenant } from "../tenants/store.ts";
import { webhookJob } from "./delivery-store.ts";
import { makeWebhookSecret, sealWebhookSecret } from "./policy.ts";
import { maxWebhooks, type WebhookState } from "./schema.ts";

export interface EndpointChoices {
  url: string;
  description: string;
  types: EventType[];
  chatId: string | null;
  ordered: boolean;
}

/** Deliveries that one transaction fails or takes out with their endpoint; one that was down for days may have a million. */
const step = 2000;

/** Oldest first. */
export async function pageWebhooks(
  db: Database,
  tenantId: TenantId,
  page: Page,
): Promise<{ rows: WebhookEndpoint[]; total: number }> {
  const client = db.forTenant(tenantId);
  const [rows, total] = await Promise.all([
    client.webhookEndpoint.findMany({
      where: { tenantId },
      orderBy: [{ createdAt: "asc" }, { id: "asc" }],
      skip: page.offset,
      take: page.pageSize,
    }),
    client.webhookEndpoint.count({ where: { tenantId } }),
  ]);
  return { rows, total };
}

/** Read once whoever changes it at the same time is done; the next one waits. Throws not_found. Hand-written SQL: Prisma has no row lock. */
async function lockWebhook(tx: TenantTransaction, tenantId: TenantId, webhookId: string): Promise<WebhookEndpoint> {
  await tx.$queryRaw`
    select 1 from webhook_endpoints where tenant_id = ${tenantId} and id = ${requireId(webhookId)}::uuid for no key update`;
  return getWebhook(tx, tenantId, webhookId);
}

/** Throws not_found. */
export async function getWebhook(
  client: Pick<TenantTransaction, "webhookEndpoint">,
  tenantId: TenantId,
  webhookId: string,
): Promise<WebhookEndpoint> {
  const id = requireId(webhookId);
  const row = await client.webhookEndpoint.findUnique({ where: { tenantId_id: { tenantId, id } } });
  if (!row) throw new DomainError("not_found");
  return row;
}

/** Makes an endpoint that gets what happens from now on; `secret` is the only place where that can be read. Throws conflict. */
export async function insertWebhook(
  tx: TenantTransaction,
  tenantId: TenantId,
  authSecret: string,
  choices: EndpointChoices,
): Promise<{ row: WebhookEndpoint; secret: string }> {
  await lockTenant(tx, tenantId);
  const count = await tx.webhookEndpoint.count({ where: { tenantId } });
  if (count >= maxWebhooks)
    throw new DomainError("conflict", { detail: `A tenant has at most ${maxWebhooks} webhook endpoints` });
  const [id, secret] = [newId(), makeWebhookSecret()];
  const fromPosition = await headOf(tx, tenantId);
  const sealed = sealWebhookSecret({ tenantId, id, authSecret }, secret);
  const row = await tx.webhookEndpoint.create({ data: { tenantId, id, ...choices, secret: sealed, fromPosition } });
  return { row, secret };
}

/**
 * What is left out stays. Whatever its state becomes, it begins it without the troubles of before. What is queued when it is disabled
 * fails: a step's worth at once, the rest by its job, and before it goes on what that has not come to. Who changes it at the same time
 * waits, and goes on from what this makes of it. Throws not_found. Hand-written SQL: what fails deliveries is a function of the database.
 */
export async function saveWebhook(
  tx: TenantTransaction,
  tenantId: TenantId,
  webhookId: string,
  { state, ...choices }: Partial<EndpointChoices> & { state?: WebhookState | undefined },
): Promise<WebhookEndpoint> {
  const before = await lockWebhook(tx, tenantId, webhookId);
  const fresh = { failures: 0, failingSince: null, openUntil: null, reason: null };
  // What happened while it was disabled is not made up for by itself: a replay does that.
  const goesOn = before.state === "disabled" && state !== undefined && state !== "disabled";
  const since = goesOn ? await headOf(tx, tenantId) : before.fromPosition;
  const row = await changeWebhook(tx, tenantId, before.id, {
    ...choices,
    ...(state === undefined ? {} : { state, ...fresh, fromPosition: since }),
  });
  if (goesOn || state === "disabled")
    await tx.$executeRaw`select fail_webhooks_v1(${tenantId}, ${row.id}::uuid, ${goesOn ? null : step}::int)`;
  return row;
}

/** Somebody may have taken it out since it was read. Throws not_found. */
async function changeWebhook(
  tx: TenantTransaction,
  tenantId: TenantId,
  id: string,
  data: Partial<Omit<WebhookEndpoint, "tenantId" | "id">>,
): Promise<WebhookEndpoint> {
  await tx.webhookEndpoint.updateMany({ where: { tenantId, id }, data });
  return getWebhook(tx, tenantId, id);
}

/** Of two at the same time the second one's old secret is the first one's new one. Throws not_found. */
export async function replaceWebhookSecret(
  tx: TenantTransaction,
  tenantId: TenantId,
  authSecret: string,
  { webhookId, oldUntil }: { webhookId: string; oldUntil: Date },
): Promise<{ row: WebhookEndpoint; secret: string }> {
  const { id, secret: oldSecret } = await lockWebhook(tx, tenantId, webhookId);
  const secret = makeWebhookSecret();
  const sealed = sealWebhookSecret({ tenantId, id, authSecret }, secret);
  const row = await changeWebhook(tx, tenantId, id, { secret: sealed, oldSecret, oldSecretUntil: oldUntil });
  return { row, secret };
}

/**
 * Takes an endpoint out with what was to be sent to it and what was: a step's worth of deliveries at once, the rest by its job. Throws
 * not_found. Hand-written SQL: so the job does it.
 */
export async function removeWebhook(tx: TenantTransaction, tenantId: TenantId, webhookId: string): Promise<void> {
  const { id } = await getWebhook(tx, tenantId, webhookId);
  await tx.webhookEndpoint.deleteMany({ where: { tenantId, id } });
  await tx.$executeRaw`
    select clear_webhooks_v1(${tenantId}, array(
      select id from webhook_deliveries where tenant_id = ${tenantId} and endpoint_id = ${id}::uuid limit ${step}::int))`;
}

/** The endpoints that events are planned for. */
export function findListening(tx: TenantTransaction, tenantId: TenantId): Promise<WebhookEndpoint[]> {
  return tx.webhookEndpoint.findMany({ where: { tenantId, state: { not: "disabled" } }, orderBy: { id: "asc" } });
}

/**
 * Where the tenant's log is, with its planning held until the transaction ends: what is planned meanwhile would be planned without an
 * endpoint that begins here. Hand-written SQL: Prisma has no row lock.
 */
async function headOf(tx: TenantTransaction, tenantId: TenantId): Promise<bigint> {
  await tx.$queryRaw`
    select 1 from planner_cursors where tenant_id = ${tenantId} and consumer = 'webhooks' for no key update`;
  const [log] = await tx.$queryRaw<{ position: bigint }[]>`
    select position from tenant_log where tenant_id = ${tenantId}`;
  return log?.position ?? 0n;
}

/**
 * Looks at once after what there is for any of a tenant's endpoints: to be sent, failed where it is disabled, cleared where it is gone.
 * Hand-written SQL: of each endpoint one row is read, however many it has, as `retain_webhooks_v2` does.
 */
export async function allWebhookJobs(tx: TenantTransaction, tenantId: TenantId): Promise<Job[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    with recursive ends as (
      (select x.endpoint_id from webhook_deliveries x where x.tenant_id = ${tenantId} order by x.endpoint_id limit 1)
      union all
      select n.endpoint_id from ends e cross join lateral (
        select x.endpoint_id from webhook_deliveries x where x.tenant_id = ${tenantId} and x.endpoint_id > e.endpoint_id
        order by x.endpoint_id limit 1) n)
    select endpoint_id as id from ends`;
  return rows.map(({ id }) => webhookJob(tenantId, id));
}
