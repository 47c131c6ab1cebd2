import type { Answers } from "../trpc.ts";

type Notification = Answers["notifications"]["getAny"];
type Delivery = Answers["deliveries"]["explain"]["data"][number];

export interface Step {
  key: string;
  what: string;
  at: string;
  word?: string;
  tone?: "plain" | "good" | "warn" | "bad";
  why?: string;
}

const tones: Partial<Record<Delivery["status"], Step["tone"]>> = {
  sent: "good",
  caught: "good",
  queued: "plain",
  held: "warn",
  waiting: "warn",
  bounced: "bad",
  failed: "bad",
  suppressed: "bad",
  not_configured: "bad",
};

/** What happened to a notification, in the order in which it did. */
export function stepsOf(one: Notification, deliveries: readonly Delivery[]): Step[] {
  const steps: (Step | false)[] = [
    { key: "made", what: "Made", at: one.createdAt },
    one.scheduledFor !== undefined && {
      key: "scheduled",
      what: "Scheduled for",
      at: one.scheduledFor,
      ...(one.scheduledForLocal ? { why: `${one.scheduledForLocal} by the recipient's clock` } : {}),
    },
    ...deliveries.flatMap(stepsOfDelivery),
    one.seenAt !== undefined && { key: "seen", what: "Seen in the inbox", at: one.seenAt },
    one.readAt !== undefined && { key: "read", what: "Read", at: one.readAt },
    one.archivedAt !== undefined && { key: "archived", what: "Archived", at: one.archivedAt },
    one.deletedAt !== undefined && { key: "deleted", what: "Deleted", at: one.deletedAt },
  ];
  return steps.filter((step) => step !== false).toSorted((a, b) => a.at.localeCompare(b.at));
}

function stepsOfDelivery(delivery: Delivery): Step[] {
  const channel = delivery.channel === "email" ? "Mail" : "Inbox";
  const address = delivery.address ? ` to ${delivery.address}` : "";
  const tries = delivery.tries.map((attempt) => ({
    key: `${delivery.id} ${attempt.number}`,
    what: `${channel}, try ${attempt.number}`,
    at: attempt.startedAt,
    ...(attempt.outcome ? { word: attempt.outcome } : {}),
    ...(attempt.words ? { why: attempt.words } : {}),
  }));
  return [
    ...tries,
    {
      key: delivery.id,
      what: `${channel}${address}`,
      at: delivery.updatedAt,
      word: delivery.status.replaceAll("_", " "),
      tone: tones[delivery.status] ?? "plain",
      why: [delivery.detail, delivery.rule && `Rule: ${delivery.rule}`].filter(Boolean).join(" · "),
    },
  ];
}
