import type { Client } from "pg";
import { planAway } from "../domain/away/plan-away.ts";
import { type Rewording, rewordNotices } from "../domain/away/reword-notices.ts";
import type { AwayMetadata } from "../domain/away/schema.ts";
import { sweepChat } from "../domain/away/sweep-chat.ts";
import { type Withdrawing, withdrawNotices } from "../domain/away/withdraw-notices.ts";
import { planDeliveries } from "../domain/deliveries/plan-deliveries.ts";
import type { Notification } from "../domain/notifications/schema.ts";
import { Planner } from "../log/planner.ts";
import type { Stack, TestTenant } from "./stack.ts";

/** So many from now. */
export const minutes = (n: number) => new Date(Date.now() + n * 60_000);

export interface DueJob {
  task: string;
  payload: Withdrawing & Rewording;
  runAt: Date;
}

/** Chats of a tenant whose members are away, and the time that passes, as a test wants it. */
export function openAway({ stack, tenant, owner }: { stack: Stack; tenant: TestTenant; owner: Client }) {
  const faults: unknown[] = [];
  const { db } = stack.api.services;
  const planner = new Planner({ db, consumers: [planAway, planDeliveries], onError: (error) => faults.push(error) });
  const plan = () => planner.plan(tenant.tenantId);

  /** The jobs of the queue whose time has come by then, taken out of it. */
  async function takeJobs(now: Date): Promise<DueJob[]> {
    const { rows } = await owner.query<DueJob>(
      `select t.identifier as task, j.payload, j.run_at as "runAt" from graphile_worker._private_jobs j
       join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier in ('away', 'withdraw-away', 'reword-away') and j.run_at <= $1`,
      [now],
    );
    await owner.query(
      `delete from graphile_worker._private_jobs j using graphile_worker._private_tasks t
       where t.id = j.task_id and t.identifier in ('away', 'withdraw-away', 'reword-away') and j.run_at <= $1`,
      [now],
    );
    return rows;
  }

  /** Lets the time come: what is planned by then runs, as a worker would run it. Returns how many jobs there were. */
  async function pass(now: Date): Promise<number> {
    await plan();
    const jobs = await takeJobs(now);
    for (const { task, payload } of jobs) {
      if (task === "away") await sweepChat(db, { ...payload, now });
      else if (task === "reword-away") await rewordNotices(db, payload);
      else await withdrawNotices(db, { ...payload, now });
    }
    await plan();
    return jobs.length;
  }

  let chats = 0;

  async function chatOf(...members: string[]) {
    const name = chats++ === 0 ? "Crew" : `Crew ${chats}`;
    const [first = "", ...others] = members;
    const { body } = await tenant.as(first)<{ id: string }>("POST", "/Chat", { name, memberUserIds: others });
    const chatId = body.id;
    return {
      chatId,
      say: async (userId: string, content: string, mentionUserIds: string[] = []) =>
        (
          await tenant.as(userId)<{ id: string; seq: number }>("POST", `/Chat/${chatId}/messages`, {
            content,
            mentionUserIds,
          })
        ).body,
      read: (userId: string, seq: number) => tenant.as(userId)("PUT", `/Chat/${chatId}/read`, { seq }),
      told: async (userId: string) => {
        const { body: page } = await tenant.as(userId)<{ data: Notification[] }>(
          "GET",
          "/Notifications?pageSize=50&type=ChatUnread",
        );
        return page.data.filter(({ metadata }) => (metadata as unknown as AwayMetadata).chatId === chatId);
      },
      mails: async (userId: string) =>
        (
          await owner.query<{ status: string; kind: string; rule: string; subject: string; mail: AwayMetadata }>(
            `select d.status, d.kind, d.rule, d.subject, d.mail from deliveries d
             where d.channel = 'email' and d.user_id = $1 and (d.mail #>> '{chat,id}' = $2 or d.cause like 'away:' || $2 || ':%')
             order by d.created_at`,
            [userId, chatId],
          )
        ).rows,
    };
  }

  /** Ends it; returns what went wrong meanwhile. */
  const close = async () => {
    await planner.close();
    return faults;
  };
  return { plan, takeJobs, pass, chatOf, close };
}
