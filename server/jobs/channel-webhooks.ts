import { mintTenantId, type TenantId } from "../auth/principal.ts";
import { type PusherApp, pusherSecretKey, pusherSignature, readPusherApp } from "../auth/pusher-app.ts";
import type { Database } from "../persistence/database.ts";
import { enqueueJobs, type Job } from "../persistence/jobs.ts";
import { tenantTransaction } from "../persistence/prisma.ts";
import { post } from "./post-signed.ts";
import { type DueNotice, takeChannelNotices } from "./store.ts";
import type { TaskContext } from "./tasks.ts";

/** Notices a step. */
const step = 200;
/** Events in one request, where they are batched. */
const maxBatch = 50;
/** By the queue's delays (e^n seconds) the last try comes after four minutes: protocols.md B11 says five. */
const maxAttempts = 6;

/** One request to a webhook. */
interface Delivery {
  url: string;
  /** As it is signed and sent. */
  body: string;
}

/** Turns what is due into requests: a job each, so that a dead endpoint delays no other. Nothing is lost and nothing planned twice. */
export async function planChannelWebhooks({ db, config, now }: TaskContext, payload: unknown): Promise<void> {
  const tenantId = tenantOf(payload);
  for (let taken = step; taken === step; )
    taken = await tenantTransaction(db.prisma, tenantId, async (tx) => {
      const notices = await takeChannelNotices(tx, tenantId, step);
      const app = await appOf(tx, tenantId, config.authSecret);
      if (app?.enabled) await enqueueJobs(tx, jobsFor(tenantId, app, { notices, now: now() }));
      return notices.length;
    });
}

/** Sends one request. Throws when it was not taken: the queue tries again, later and later. */
export async function deliverChannelWebhook({ db, config }: TaskContext, payload: unknown): Promise<void> {
  const tenantId = tenantOf(payload);
  const { url, body } = payload as unknown as Delivery;
  const app = await appOf(db.forTenant(tenantId), tenantId, config.authSecret);
  if (!app?.webhooks.some((webhook) => webhook.url === url)) return; // it was taken back meanwhile
  const headers = {
    "Content-Type": "application/json", // SDKs compare it as a whole
    "X-Pusher-Key": app.key,
    "X-Pusher-Signature": pusherSignature(app.secret, body),
  };
  const { status } = await post({ url, body, headers, allowPrivateNetworks: config.allowPrivateNetworks });
  if (status < 200 || status > 299) throw new Error(`the webhook answered ${status}`);
}

function jobsFor(tenantId: TenantId, app: PusherApp, { notices, now }: { notices: DueNotice[]; now: number }): Job[] {
  const size = app.batchWebhooks ? maxBatch : 1;
  return app.webhooks.flatMap(({ url, events }) => {
    const wanted = notices.filter(({ name }) => events.includes(name)).map(toEvent);
    const jobs: Job[] = [];
    for (let at = 0; at < wanted.length; at += size) {
      const body = JSON.stringify({ time_ms: now, events: wanted.slice(at, at + size) });
      jobs.push({ task: "channel-webhook-delivery", payload: { tenantId, url, body }, maxAttempts });
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

function tenantOf(payload: unknown): TenantId {
  return mintTenantId(String((payload as { tenantId?: unknown }).tenantId));
}
