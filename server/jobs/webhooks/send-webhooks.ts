import type { Logger } from "pino";
import type { TenantId } from "../../auth/principal.ts";
import type { Config } from "../../config/config.ts";
import { messageIdOf, webhookJob } from "../../domain/webhooks/delivery-store.ts";
import {
  bodyOf,
  eventGone,
  nextTry,
  openWebhookSecret,
  signedHeaders,
  type WebhookPatience,
  webhookPatience,
  width,
} from "../../domain/webhooks/policy.ts";
import { Cursors } from "../../log/cursor.ts";
import type { Step } from "../../log/planner.ts";
import { followClock } from "../../persistence/clock.ts";
import type { Database } from "../../persistence/database.ts";
import type { WebhookEndpoint } from "../../persistence/generated/client.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import { tenantTransaction } from "../../persistence/prisma.ts";
import { type Posted, post } from "../post-signed.ts";
import { type Hanging, keepsSlot } from "../slot.ts";
import { tellOwners } from "./tell-owners.ts";
import { type ClaimedWebhook, claimWebhook, finishWebhook, nextWebhook, type WebhookEnd } from "./webhook-store.ts";

export interface WebhookContext {
  config: Config;
  db: Database;
  /** Fires when the process is to end: no request is begun after that. */
  stopping: AbortSignal;
  /** What goes on after its job has given its slot away. */
  hanging: Hanging;
  log: Logger;
  step?: Step | undefined;
  webhookPatience?: Partial<WebhookPatience> | undefined;
}

/** ms that an endpoint has a worker's slot before it stands in line again. */
const turn = 5_000;

/**
 * Sends what is due to one endpoint, and sees to it that somebody comes back for the rest. Nothing is held meanwhile but a claim on each
 * delivery that is under way, which runs out when its worker dies. A dead endpoint has as many requests under way as a live one at
 * most, and while they hang its slot is somebody else's: so it delays no other.
 */
export async function sendWebhooks(context: WebhookContext, tenantId: TenantId, endpointId: string): Promise<void> {
  const patience = { ...webhookPatience, ...context.webhookPatience };
  const deadline = Date.now() + turn;
  const now = await followClock(context.db);
  const line = async () => {
    while (!context.stopping.aborted && Date.now() < deadline) {
      const delivery = await claimWebhook(context.db.pool, tenantId, endpointId, patience);
      if (!delivery) return;
      await context.step?.("webhook claimed");
      await handle(context, tenantId, { endpointId, delivery, patience, now });
    }
  };
  const comeBack = () =>
    tenantTransaction(context.db.prisma, tenantId, async (tx) => {
      const at = await nextWebhook(tx, tenantId, endpointId, patience);
      if (at) await enqueueJobs(tx, [webhookJob(tenantId, endpointId, at)]);
    });
  // All of them, also when one fails: the job's end is the end of all that it has begun.
  const work = Promise.allSettled(Array.from({ length: width }, line)).then(async (ends) => {
    await comeBack();
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  });
  const began = Date.now();
  const onError = (error: unknown) =>
    context.log.warn({ err: error }, "a webhook's try could not be noted; it is made again");
  const place = `webhook ${endpointId}`;
  const slot = { hanging: context.hanging, place, patience: patience.slot, lastSign: () => began, onError };
  // Should the worker die now, this comes for what it leaves.
  if (!(await keepsSlot(work, slot))) await comeBack();
}

interface Task {
  endpointId: string;
  delivery: ClaimedWebhook;
  patience: WebhookPatience;
  /** Postgres' clock. */
  now: () => number;
}

async function handle(context: WebhookContext, tenantId: TenantId, task: Task): Promise<void> {
  const { endpointId, delivery, patience } = task;
  const { db } = context;
  const where = { tenantId_id: { tenantId, id: endpointId } };
  const endpoint = await db.forTenant(tenantId).webhookEndpoint.findUnique({ where });
  if (!endpoint) return; // deleted meanwhile, and its deliveries with it
  const end = await attempt(context, endpoint, task);
  await context.step?.("webhook answered");
  await tenantTransaction(db.prisma, tenantId, async (tx) => {
    const disabled = await finishWebhook(tx, tenantId, delivery, end, patience);
    if (disabled) await tellOwners(tx, tenantId, endpointId);
  });
  await context.step?.("webhook noted");
}

async function attempt(context: WebhookContext, endpoint: WebhookEndpoint, task: Task): Promise<WebhookEnd> {
  const { delivery, now } = task;
  const { authSecret, allowPrivateNetworks } = context.config;
  const tenantId = endpoint.tenantId as TenantId;
  const { event, sample } = delivery;
  if (!event && !sample) return { status: "expired", detail: eventGone, said: {} };
  const position = event ? BigInt(event.position) : null;
  const id = messageIdOf(new Cursors(authSecret), tenantId, { ...delivery, epoch: BigInt(delivery.epoch), position });
  const body = event ? bodyOf(event, id) : JSON.stringify(sample);
  const began = performance.now();
  const spent = () => Math.round(performance.now() - began);
  try {
    const headers = signedHeaders(secretsOf(endpoint, authSecret, now()), id, body, new Date(now()));
    const posted = await post({ url: endpoint.url, body, headers, allowPrivateNetworks });
    return judge(posted, spent(), task);
  } catch (error) {
    const fault = faultOf(error);
    return failed({ ms: spent(), fault }, fault, task);
  }
}

/** The one that counts, and the one of before while it still does. */
function secretsOf(endpoint: WebhookEndpoint, authSecret: string, now: number): string[] {
  const { tenantId, id, secret, oldSecret, oldSecretUntil } = endpoint;
  const both = oldSecret !== null && oldSecretUntil !== null && oldSecretUntil.getTime() > now;
  return [secret, ...(both ? [oldSecret] : [])].map((sealed) =>
    openWebhookSecret({ tenantId, id, authSecret }, sealed),
  );
}

function judge({ status, answer, retryAfter }: Posted, ms: number, task: Task): WebhookEnd {
  const said = { ms, status, answer };
  if (status >= 200 && status < 300) return { status: "delivered", said };
  const redirects = status >= 300 && status < 400 ? "; redirects are not followed" : "";
  return failed(said, `It answered ${status}${redirects}`, task, readRetryAfter(retryAfter, task.now()));
}

/** What it asks for, in ms; 0 when it asks for nothing that can be read. */
function readRetryAfter(value: string | undefined, now: number): number {
  if (value === undefined) return 0;
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

function failed(said: WebhookEnd["said"], detail: string, task: Task, retryAfter?: number): WebhookEnd {
  const dueAt = nextTry(task.delivery.attempts, task.patience, task.now(), retryAfter);
  return dueAt ? { status: "queued", dueAt, detail, said } : { status: "failed", detail, said };
}

/** Why there was no answer, in words that the tenant may read. */
function faultOf(error: unknown): string {
  const { code, name, message } = error as NodeJS.ErrnoException;
  if (/is not allowed/.test(message)) return "The address is private or reserved";
  if (name === "AbortError" || name === "TimeoutError") return "No answer within 10 s";
  const known: Record<string, string> = {
    ECONNREFUSED: "Nobody listens at the address",
    ECONNRESET: "The connection was cut off",
    ENOTFOUND: "The name has no address",
    EAI_AGAIN: "The name could not be looked up",
    ETIMEDOUT: "The address could not be reached",
    EHOSTUNREACH: "The address could not be reached",
    CERT_HAS_EXPIRED: "TLS: its certificate has expired",
    CERT_NOT_YET_VALID: "TLS: its certificate is not valid yet",
    ERR_TLS_CERT_ALTNAME_INVALID: "TLS: its certificate is for another name",
    DEPTH_ZERO_SELF_SIGNED_CERT: "TLS: its certificate is self-signed, so nobody vouches for it",
    SELF_SIGNED_CERT_IN_CHAIN: "TLS: its certificate is of an authority that is not a public one",
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: "TLS: the certificate between its own and the authority's is missing",
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "TLS: its certificate is of an authority that is not known",
    EPROTO: "TLS: what answers there does not speak TLS, or no version of it that we do",
  };
  return known[code ?? ""] ?? (code ? `${code}: ${message}` : message).slice(0, 300);
}
