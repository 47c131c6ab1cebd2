import type { TenantId } from "../../auth/principal.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import { type DeliveryChannel, priorities } from "../categories/schema.ts";
import { decide } from "../preferences/policy.ts";
import { presentFacts } from "../preferences/presenter.ts";
import { readFacts } from "../preferences/store.ts";
import type { Ruling } from "./policy.ts";
import type { PlannedNotification } from "./store.ts";

type Judged = Pick<PlannedNotification, "id" | "userId" | "type" | "priority" | "email" | "chatId" | "mentioned">;

export interface RulingOf {
  /** What a person's preferences say of a notification, by delivery channel. */
  (notificationId: string, channel: DeliveryChannel): Ruling;
  /** Where the person is. */
  zoneOf(notificationId: string): string;
}

/** Asks the preferences of up to a thousand people at once, as they are now. */
export async function findRulings(
  tx: TenantTransaction,
  tenantId: TenantId,
  notifications: Judged[],
  now: Date,
): Promise<RulingOf> {
  const asks = notifications.map(({ userId, type, chatId }) => ({ userId, type, chatId: chatId ?? undefined }));
  const stored = await readFacts(tx, tenantId, {
    userIds: [...new Set(asks.map(({ userId }) => userId))],
    types: [...new Set(asks.map(({ type }) => type))],
    chatIds: [...new Set(asks.flatMap(({ chatId }) => chatId ?? []))],
  });
  const facts = presentFacts(stored, asks, now);
  const known = new Map(notifications.map((one, index) => [one.id, { one, facts: facts[index]! }]));
  const rule = (id: string, channel: DeliveryChannel): Ruling => {
    const found = known.get(id);
    // What is gone has no preferences: the decision on it is another.
    if (!found) return { outcome: "send", rule: "default" };
    const { priority, email, mentioned } = found.one;
    return decide(found.facts, {
      channel,
      now,
      priority: priorities[priority] ?? "Normal",
      asked: email !== null,
      mentioned,
    });
  };
  return Object.assign(rule, { zoneOf: (id: string) => known.get(id)?.facts.timezone ?? "UTC" });
}
