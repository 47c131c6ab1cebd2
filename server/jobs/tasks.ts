import type { CronItem, TaskList } from "graphile-worker";
import { type Rewording, rewordNotices } from "../domain/away/reword-notices.ts";
import { sweepChat } from "../domain/away/sweep-chat.ts";
import { type Withdrawing, withdrawNotices } from "../domain/away/withdraw-notices.ts";
import { judgeAnew } from "../domain/digests/judge-anew.ts";
import { runDigests } from "../domain/digests/run-digests.ts";
import { moveTimes } from "../domain/notifications/move-times.ts";
import { isHalted } from "../domain/tenants/store.ts";
import type { Step } from "../log/planner.ts";
import { tenantOf } from "../persistence/jobs.ts";
import { deliverChannelWebhook, planChannelWebhooks } from "./channel-webhooks.ts";
import { countLogs } from "./count-minutes.ts";
import type { PersonMailJob } from "./mail/person-mail.tsx";
import { type MailContext, pumpMail } from "./mail/pump.ts";
import { runRetention } from "./retention.ts";
import { runTask } from "./tasks/run-task.ts";
import { sendWebhooks, type WebhookContext } from "./webhooks/send-webhooks.ts";

/** What tasks work with. */
export interface TaskContext extends MailContext, WebhookContext {
  /** Postgres' clock, in ms since 1970. */
  now(): Promise<number>;
}

type Work = (payload: unknown) => Promise<void>;

/** Mail and webhooks of a suspended tenant wait as they are until it is let on, which asks for them; of channels nothing is kept. */
function outgoing({ db }: TaskContext): (work: Work) => Work {
  return (work) => async (payload) => {
    if (!(await isHalted(db, tenantOf(payload)))) await work(payload);
  };
}

/** Jobs that keep their slot while they wait for strangers. They have slots of their own: whoever is not answered keeps no other job waiting. */
export function strangersTaskList(context: TaskContext): TaskList {
  const goingOut = outgoing(context);
  return { "channel-webhook-delivery": goingOut((payload) => deliverChannelWebhook(context, payload)) };
}

/** Every other kind of job there is. */
export function taskList(context: TaskContext): TaskList {
  const goingOut = outgoing(context);
  return {
    away: async (payload) => sweepChat(context.db, { ...jobOf(payload), ...(await presentOf(context)) }),
    "withdraw-away": async (payload) =>
      withdrawNotices(context.db, { ...jobOf(payload), ...(await presentOf(context)) }),
    "reword-away": (payload) => rewordNotices(context.db, { ...(payload as Rewording), tenantId: tenantOf(payload) }),
    digests: async (payload) => runDigests(context.db, tenantOf(payload), await presentOf(context)),
    "judge-anew": async (payload) => judgeAnew(context.db, tenantOf(payload), await presentOf(context)),
    "move-times": (payload) => moveTimes(context.db, tenantOf(payload)),
    mail: goingOut((payload) => pumpMail(context, tenantOf(payload))),
    "person-mail": async (payload) => {
      const { sendPersonMail } = await import("./mail/person-mail.tsx"); // takes long to load: not before there is mail
      await sendPersonMail(context, tenantOf(payload), payload as PersonMailJob);
    },
    "channel-webhooks": (payload) => planChannelWebhooks(context, payload),
    webhooks: goingOut((payload) =>
      sendWebhooks(context, tenantOf(payload), String((payload as { endpointId?: unknown }).endpointId)),
    ),
    task: (payload, { job }) => {
      const taskId = String((payload as { taskId?: unknown }).taskId);
      return runTask(context, { tenantId: tenantOf(payload), taskId, last: job.attempts >= job.max_attempts });
    },
    // The next minute makes up for it: a count that failed is no job that was given up.
    minutes: () =>
      countLogs(context.db).catch((error) => context.log.warn({ err: error }, "some logs could not be counted")),
    retention: async () => {
      const gone = await runRetention(context.db);
      context.log.info(gone, "retention done");
    },
  };
}

/** By the clock that says when a job is due: by a slower one its work would not be, and it is not asked for again. */
async function presentOf({ db, step }: TaskContext): Promise<{ now: Date; step: Step | undefined }> {
  return { now: new Date(await db.now()), step };
}

/** What planAway wrote down. */
function jobOf(payload: unknown): Omit<Withdrawing, "now" | "step"> {
  return { ...(payload as Omit<Withdrawing, "now" | "step">), tenantId: tenantOf(payload) };
}

/** What runs by the clock. A run missed while nothing was up is made up for once. */
export const schedule: CronItem[] = [
  { task: "minutes", match: "* * * * *", identifier: "minutes", options: { maxAttempts: 1, jobKey: "minutes" } },
  {
    task: "retention",
    match: "7 * * * *",
    identifier: "retention",
    // One at a time: a run that takes longer than an hour is not joined by the next.
    options: { backfillPeriod: 2 * 60 * 60 * 1000, maxAttempts: 5, jobKey: "retention", queueName: "retention" },
  },
];
