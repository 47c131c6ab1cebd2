import type { Answers } from "../trpc.ts";
import { type Delivery, pageOfReason, reasonOf, wordsOf } from "./reasons.ts";

type Notification = Answers["notifications"]["getAny"];

export interface Step {
  key: string;
  what: string;
  at: string;
  word?: string;
  tone?: "plain" | "good" | "warn" | "bad";
  why?: string;
  /** Where to see what decided. */
  page?: { label: string; path: string } | undefined;
}

/** What happened to a notification, in the order in which it did. */
export function stepsOf(one: Notification, deliveries: readonly Delivery[]): Step[] {
  const steps: (Step | false)[] = [
    { key: "made", what: "Made", at: one.createdAt, ...madeBy(one) },
    one.scheduledFor !== undefined && scheduledStep(one, one.scheduledFor),
    ...deliveries.flatMap((delivery) => stepsOfDelivery(delivery, one.userId)),
    one.seenAt !== undefined && { key: "seen", what: "Seen in the inbox", at: one.seenAt },
    one.readAt !== undefined && { key: "read", what: "Read", at: one.readAt },
    one.archivedAt !== undefined && { key: "archived", what: "Archived", at: one.archivedAt },
    one.deletedAt !== undefined && { key: "deleted", what: "Deleted", at: one.deletedAt },
    one.expiresAt !== undefined && { key: "expires", what: "Gone from then on", at: one.expiresAt },
  ];
  return inOrder(steps.filter((step) => step !== false));
}

/** What happened to one that is there no more: what is known of it is what was decided. */
export function stepsOfGone(deliveries: readonly Delivery[]): Step[] {
  return inOrder(deliveries.flatMap((delivery) => stepsOfDelivery(delivery, delivery.userId)));
}

function inOrder(steps: Step[]): Step[] {
  return steps.toSorted((a, b) => a.at.localeCompare(b.at));
}

function scheduledStep({ status, scheduledForLocal }: Notification, at: string): Step {
  const local = scheduledForLocal && `${scheduledForLocal.replace("T", " ")} by the recipient's clock`;
  if (status === "cancelled") {
    const why = ["It was cancelled before its time: it never appears, and no mail of it goes out.", local];
    return {
      key: "scheduled",
      what: "Would have appeared",
      at,
      word: "cancelled",
      why: why.filter(Boolean).join(" · "),
    };
  }
  const what = status === "scheduled" ? "Will appear" : "Scheduled for";
  return { key: "scheduled", what, at, ...(local ? { why: local } : {}) };
}

function madeBy({ template, batchId }: Notification): Partial<Step> {
  const page = batchId ? { page: { label: "See the send to many", path: `/notifications/batches/${batchId}` } } : {};
  return template ? { why: `Of template ${template.name}, version ${template.version}`, ...page } : page;
}

function stepsOfDelivery(delivery: Delivery, userId: string): Step[] {
  const channel = delivery.kind === "digest" ? "Digest mail" : delivery.channel === "email" ? "Mail" : "Inbox";
  const address = delivery.address ? ` to ${delivery.address}` : "";
  const tries = delivery.tries.map((attempt) => ({
    key: `${delivery.id} ${attempt.number}`,
    what: `${channel}, try ${attempt.number}`,
    at: attempt.startedAt,
    ...(attempt.outcome ? { word: attempt.outcome } : {}),
    ...(attempt.words ? { why: attempt.words } : {}),
  }));
  const until = delivery.heldUntil ? `Until ${new Date(delivery.heldUntil).toLocaleString()}` : undefined;
  return [
    ...tries,
    {
      key: delivery.id,
      what: `${channel}${address}`,
      at: delivery.updatedAt,
      word: delivery.status.replaceAll("_", " "),
      tone: reasonOf(delivery.status).tone,
      why: [wordsOf(delivery), until, delivery.rule && `Rule: ${delivery.rule.replaceAll("_", " ")}`]
        .filter(Boolean)
        .join(" · "),
      page: pageOfReason(delivery, userId),
    },
  ];
}
