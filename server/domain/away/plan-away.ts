import type { LogEvent } from "../../events.ts";
import type { Batch, Consumer, Plan } from "../../log/planner.ts";
import type { Job } from "../../persistence/jobs.ts";
import { tenantSettingsSchema } from "../tenants/schema.ts";
import { after, rewordJob, sweepJob, withdrawJob } from "./policy.ts";
import { armSweeps, findNoticed } from "./store.ts";

/** Older messages are no news to anybody: a log that is read from its beginning must not wake everybody. */
const newsMinutes = 24 * 60;

/**
 * Has a chat looked through when the first of its new messages has been unread for long enough: one job a chat, however many messages
 * and members. And has taken back what members were told of once they have read it, or it is deleted; what is edited is put into its new words.
 */
export const planAway: Consumer = {
  name: "away",
  types: ["message.created", "message.edited", "message.deleted", "read.moved", "member.removed", "chat.deleted"],
  async plan(batch): Promise<Plan> {
    return { jobs: [...(await planSweeps(batch)), ...(await planReads(batch)), ...planChanges(batch)] };
  },
};

async function planSweeps({ tx, tenantId, events, older }: Batch): Promise<Job[]> {
  const news = events.filter((event) => event.type === "message.created" && !older(event));
  if (news.length === 0) return [];
  const tenant = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId } });
  const { enabled, minutes } = tenantSettingsSchema.parse(tenant.settings).notifications.away;
  if (!enabled) return [];
  const tooOld = after(new Date(), -newsMinutes - minutes);
  const first = new Map<string, Date>();
  for (const { chatId, at } of news)
    if (chatId !== undefined && new Date(at) > tooOld && !first.has(chatId)) first.set(chatId, new Date(at));
  const arms = [...first].map(([chatId, at]) => ({ chatId, dueAt: after(at, minutes) }));
  const armed = await armSweeps(tx, tenantId, arms);
  return armed.map(({ chatId, dueAt }) => sweepJob(tenantId, chatId, dueAt));
}

/** Who has read on, which who says something has too, or is no longer there. */
async function planReads({ tx, tenantId, events }: Batch): Promise<Job[]> {
  const pairs = events.flatMap((event) => {
    const { type, payload } = event;
    if (type !== "read.moved" && type !== "member.removed" && type !== "message.created") return [];
    const userId = type === "message.created" ? payload.senderId : payload.userId;
    return [{ chatId: String(event.chatId ?? payload.chatId), userId: String(userId) }];
  });
  // Who says much in one chat is looked for once.
  const once = new Map(pairs.map((pair) => [`${pair.chatId}/${pair.userId}`, pair]));
  const chats = new Map<string, string[]>();
  for (const { chatId, userId } of await findNoticed(tx, tenantId, [...once.values()]))
    chats.set(chatId, [...(chats.get(chatId) ?? []), userId]);
  return [...chats].map(([chatId, userIds]) => withdrawJob(tenantId, chatId, { userIds }));
}

function planChanges({ tenantId, events }: Batch): Job[] {
  return events.flatMap(({ type, chatId, seq }: LogEvent) => {
    if (chatId === undefined) return [];
    if (type === "chat.deleted") return [withdrawJob(tenantId, chatId, {})];
    if (seq === undefined) return [];
    if (type === "message.edited") return [rewordJob(tenantId, chatId, seq)];
    return type === "message.deleted" ? [withdrawJob(tenantId, chatId, { deletedSeq: seq })] : [];
  });
}
