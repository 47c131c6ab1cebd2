import { randomInt } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { TenantId } from "../auth/principal.ts";
import { type PusherApp, pusherSecretKey, pusherSignature, readPusherApp } from "../auth/pusher-app.ts";
import type { Database } from "../persistence/database.ts";
import { enqueueJobs, type Job, tenantOf } from "../persistence/jobs.ts";
import { tenantTransaction } from "../persistence/prisma.ts";
import { post } from "./post-signed.ts";
import { type DueNotice, takeChannelNotices } from "./store.ts";
import type { TaskContext } from "./tasks.ts";

/** Notices a step. */
const step = 200;
/** Requests of a tenant at a time, over all workers: one that is never answered has a worker's slot for as long as we wait. */
const width = 4;
/**
 * Requests of a worker at a time to webhooks that gave their last one no answer: half of its slots for strangers, so that they leave the
 * rest to those that answer, however many tenants they are of. What is more is put off for so many ms, and up to half as many again.
 */
const mostInTrouble = 8;
const restInTrouble = 20_000;
/** Of how many it is remembered. */
const mostRemembered = 10_000;
/** Events in one request, where they are batched. */
const maxBatch = 50;
/** ms between the tries. The last comes after five minutes, as Pusher has it; the queue's own delays do not meet that. */
export const channelWebhookDelays: readonly number[] = [2_000, 5_000, 13_000, 35_000, 85_000, 160_000];

/** One request to a webhook. */
interface Delivery {
  url: string;
  /** As it is signed and sent. */
  body: string;
  /** That were made before, in vain. */
  tries?: number;
}

/** Turns what is due into requests: a job each, so that a dead endpoint delays no other tenant's. Nothing is lost and nothing planned twice. */
export async function planChannelWebhooks({ db, config, now }: TaskContext, payload: unknown): Promise<void> {
  const tenantId = tenantOf(payload);
  for (let taken = step; taken === step; )
    taken = await tenantTransaction(db.prisma, tenantId, async (tx) => {
      const notices = await takeChannelNotices(tx, tenantId, step);
      const app = await appOf(tx, tenantId, config.authSecret);
      if (app?.enabled) await enqueueJobs(tx, jobsFor(tenantId, app, { notices, now: await now() }));
      return notices.length;
    });
}

/** Sends one request. When it is not taken it is sent again, later and later; throws when that was the last time. */
export async function deliverChannelWebhook(
  { db, config, now }: Pick<TaskContext, "db" | "config" | "now">,
  payload: unknown,
): Promise<void> {
  const tenantId = tenantOf(payload);
  const { url, body, tries = 0 } = payload as unknown as Delivery;
  const app = await appOf(db.forTenant(tenantId), tenantId, config.authSecret);
  const nth = app?.webhooks.findIndex((webhook) => webhook.url === url) ?? -1;
  const trouble = troubleOf(db);
  const name = `${tenantId} ${url}`;
  if (!app || nth < 0) {
    trouble.silent.delete(name);
    return; // it was taken back meanwhile
  }
  const headers = {
    "Content-Type": "application/json", // SDKs compare it as a whole
    "X-Pusher-Key": app.key,
    "X-Pusher-Signature": pusherSignature(app.secret, body),
  };
  const later = async (wait: number, tries: number) => {
    const job = jobOf(tenantId, queueOf(tenantId, app, nth), { url, body, tries });
    const again = { ...job, runAt: new Date((await now()) + wait) };
    await tenantTransaction(db.prisma, tenantId, (tx) => enqueueJobs(tx, [again]));
  };
  const inTrouble = trouble.silent.has(name);
  if (inTrouble && trouble.underWay >= mostInTrouble)
    return await later(restInTrouble * (1 + Math.random() / 2), tries);
  if (inTrouble) trouble.underWay++;
  try {
    const request = { url, body, headers, allowPrivateNetworks: config.allowPrivateNetworks };
    const { status } = await post(request).catch((error) => {
      trouble.silent.set(name, true);
      throw error;
    });
    trouble.silent.delete(name);
    if (status < 200 || status > 299) throw new Error(`the webhook answered ${status}`);
  } catch (error) {
    const wait = channelWebhookDelays[tries];
    if (wait === undefined) throw error;
    await later(wait, tries + 1);
  } finally {
    if (inTrouble) trouble.underWay--;
  }
}

interface Trouble {
  /** Webhooks that gave no answer to their last request, by tenant and address. */
  silent: LRUCache<string, true>;
  /** Requests to them. */
  underWay: number;
}

const troubles = new WeakMap<Database, Trouble>();

/** What this worker has found out. */
function troubleOf(db: Database): Trouble {
  const trouble = troubles.get(db) ?? { silent: new LRUCache({ max: mostRemembered }), underWay: 0 };
  troubles.set(db, trouble);
  return trouble;
}

/** A tenant's addresses share its width: one or two have two parts each, up to four one, and more share them. */
function queueOf(tenantId: TenantId, { webhooks }: PusherApp, nth: number): string {
  const part = webhooks.length > 2 ? nth : nth + 2 * randomInt(2);
  return `channel-webhooks:${tenantId}:${part % width}`;
}

/** The last try is the queue's last as well: what fails then is in the dead-letter list. */
function jobOf(tenantId: TenantId, queue: string, delivery: Delivery): Job {
  const job = { task: "channel-webhook-delivery", payload: { tenantId, ...delivery }, queue, last: true };
  return { ...job, ...(delivery.tries === channelWebhookDelays.length ? { maxAttempts: 1 } : {}) };
}

function jobsFor(tenantId: TenantId, app: PusherApp, { notices, now }: { notices: DueNotice[]; now: number }): Job[] {
  const size = app.batchWebhooks ? maxBatch : 1;
  return app.webhooks.flatMap(({ url, events }, nth) => {
    const wanted = notices.filter(({ name }) => events.includes(name)).map(toEvent);
    const jobs: Job[] = [];
    for (let at = 0; at < wanted.length; at += size) {
      const body = JSON.stringify({ time_ms: now, events: wanted.slice(at, at + size) });
      jobs.push(jobOf(tenantId, queueOf(tenantId, app, nth), { url, body }));
    }
    return jobs;
  });
}

function toEvent({ name, channel, userId, body }: DueNotice) {
  return { name, channel, ...body, ...(userId === null ? {} : { user_id: userId }) };
}

async function appOf(
  client: Pick<ReturnType<Database["forTenant"]>, "pusherApp">,
  tenantId: TenantId,
  authSecret: string,
): Promise<PusherApp | undefined> {
  const row = await client.pusherApp.findUnique({ where: { tenantId } });
  return row ? readPusherApp(tenantId, row, pusherSecretKey(authSecret)) : undefined;
}
