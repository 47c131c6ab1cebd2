import type { TenantId } from "../../auth/principal.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import { type DeliveryChannel, priorities } from "../categories/schema.ts";
import { decide } from "../preferences/policy.ts";
import { presentFacts } from "../preferences/presenter.ts";
import { readFacts, readRules, type Said, type StoredFacts } from "../preferences/store.ts";
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
  const asks = asksOf(notifications);
  const stored = await readFacts(tx, tenantId, {
    userIds: [...new Set(asks.map(({ userId }) => userId))],
    types: [...new Set(asks.map(({ type }) => type))],
    chatIds: [...new Set(asks.flatMap(({ chatId }) => chatId ?? []))],
  });
  return rulingsBy(stored, notifications, now);
}

/** The same by what each is known to have said, as one statement saw it of all of them: what they say meanwhile counts for nobody. */
export async function findRulingsOf(
  tx: TenantTransaction,
  tenantId: TenantId,
  notifications: (Judged & { said: Said })[],
  now: Date,
): Promise<RulingOf> {
  const rules = await readRules(tx, tenantId, [...new Set(notifications.map(({ type }) => type))]);
  return rulingsBy({ ...rules, ...factsOf(notifications) }, notifications, now);
}

function factsOf(notifications: (Judged & { said: Said })[]): Omit<StoredFacts, "tenant" | "categories"> {
  const choices: StoredFacts["choices"] = new Map();
  // Each knows what was chosen for its type and for all.
  for (const { userId, said } of notifications) choices.set(userId, [...(choices.get(userId) ?? []), ...said.choices]);
  return {
    choices,
    timings: new Map(notifications.flatMap(({ userId, said }) => (said.timing ? [[userId, said.timing]] : []))),
    profiles: new Map(notifications.map(({ userId, said }) => [userId, said])),
    mutes: new Map(notifications.map(({ userId, chatId, said }) => [`${chatId}/${userId}`, said.mute])),
  };
}

function asksOf(notifications: Judged[]) {
  return notifications.map(({ userId, type, chatId }) => ({ userId, type, chatId: chatId ?? undefined }));
}

function rulingsBy(stored: StoredFacts, notifications: Judged[], now: Date): RulingOf {
  const facts = presentFacts(stored, asksOf(notifications), now);
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
