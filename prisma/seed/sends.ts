import type { TenantId } from "../../server/auth/principal.ts";
import { insertBatch } from "../../server/domain/batches/store.ts";
import { insertDeliveries, type NewDelivery } from "../../server/domain/deliveries/store.ts";
import { earliestInstant } from "../../server/domain/notifications/policy.ts";
import { newId } from "../../server/ids.ts";
import { epochOf } from "../../server/log/store.ts";
import type { Work } from "../../server/persistence/unit-of-work.ts";
import { people } from "./cast.ts";
import { topics } from "./choices.ts";
import { idAt } from "./notifications.ts";

const minute = 60_000;
const day = 24 * 60 * minute;

const closed = {
  type: "SystemAnnouncement",
  subject: "The pier of Barreiro is closed on Saturday",
  message:
    "Divers look at its piles from 08:00 to 13:00. Boats leave from Seixal instead; a bus waits at the old pier.",
  summary: "Boats leave from Seixal, 08:00 to 13:00",
  priority: 2,
};

const drill = {
  type: "Safety",
  subject: "Lifeboat drill today",
  message:
    "Boats in the harbour sound the alarm at 10:30. It is a drill: passengers are told, and nobody leaves the deck for it.",
  priority: 1,
};

/** What went to the Barreiro line's subscribers two days ago: the send, and what each of them got. `now` in ms since 1970. */
export function pastSend(now: number) {
  const at = now - 2 * day;
  const [topic] = topics;
  if (!topic) throw new Error("no topic to send to");
  const batchId = newId();
  const createdAt = new Date(at);
  const rows = topic.subscribers.map((userId, place) => {
    // The first ones have read it, the next have seen it, the last have not looked yet.
    const seenAt = place < 5 ? new Date(at + (place + 1) * 37 * minute) : null;
    return {
      id: idAt(at),
      userId,
      ...closed,
      batchId,
      status: "visible",
      createdAt,
      visibleAt: createdAt,
      seenAt,
      readAt: seenAt && place < 4 ? new Date(seenAt.getTime() + minute) : null,
    };
  });
  const batch = {
    id: batchId,
    audience: "topic",
    audienceId: topic.id,
    content: closed,
    recipients: [],
    total: rows.length,
    done: rows.length,
    status: "done",
    createdAt,
    finishedAt: new Date(at + 140),
  };
  return { batch, rows };
}

type PastSend = ReturnType<typeof pastSend>;
type Placed = PastSend["rows"][number] & { position: number | null };

/**
 * The past send with what was decided for each of its recipients, whose notifications are given with their places in the log; and one
 * that everybody gets in three days, at nine where they are.
 */
export async function insertSends(
  work: Work,
  tenantId: TenantId,
  { batch, rows, now }: { batch: PastSend["batch"]; rows: Placed[]; now: number },
): Promise<void> {
  await work.tx.notificationBatch.create({ data: { tenantId, ...batch } });
  await insertDeliveries(work.tx, tenantId, toDecisions(rows, await epochOf(work.tx, tenantId)));
  await work.tx.delivery.updateMany({
    where: { tenantId, batchId: batch.id },
    data: { createdAt: batch.createdAt, updatedAt: batch.createdAt },
  });
  const scheduledLocal = `${new Date(now + 3 * day).toISOString().slice(0, 10)}T09:00`;
  await insertBatch(work, tenantId, {
    id: newId(),
    audience: "everyone",
    content: drill,
    recipients: [],
    total: people.length,
    scheduledLocal,
    dueAt: earliestInstant(scheduledLocal),
    createdAt: new Date(now - 3 * 60 * minute),
  });
}

/** As the planner decides of a type that is for the inbox alone. */
function toDecisions(rows: Placed[], epoch: number): NewDelivery[] {
  return rows.flatMap(({ id, userId, batchId, type, subject, position }) =>
    (["inApp", "email"] as const).map((channel) => ({
      cause: `event:${position}`,
      userId,
      channel,
      kind: "notification",
      notificationId: id,
      batchId,
      type,
      subject,
      status: channel === "inApp" ? "sent" : "not_asked",
      rule: "default",
      detail: `category ${type}, ${channel}`,
      epoch,
    })),
  );
}
