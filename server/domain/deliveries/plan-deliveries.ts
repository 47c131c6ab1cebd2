import type { LogEvent } from "../../events.ts";
import type { Batch, Consumer, Plan } from "../../log/planner.ts";
import { digestJobs } from "../digests/policy.ts";
import { sayTime } from "../preferences/policy.ts";
import { findRulings, type RulingOf } from "./find-rulings.ts";
import { type Decision, decideDelivery } from "./policy.ts";
import { type DeliveryChannel, deliveryChannels } from "./schema.ts";
import {
  findPlannedNotifications,
  insertDeliveries,
  mailJob,
  type NewDelivery,
  type PlannedNotification,
} from "./store.ts";

/** One decision row for each delivery channel of each notification, and the job that sends what is to be mailed. */
export const planDeliveries: Consumer = {
  name: "deliveries",
  types: ["notification.created", "notification.updated"],
  async plan(batch): Promise<Plan> {
    const { tx, tenantId, events } = batch;
    const fresh = events.filter(isNew);
    const known = await findPlannedNotifications(tx, tenantId, fresh.map(notificationIdOf));
    const now = new Date();
    const rulings = await findRulings(tx, tenantId, [...known.values()], now);
    const rows = fresh.flatMap((event) => {
      const notification = known.get(notificationIdOf(event));
      return deliveryChannels.map((channel) => toRow(batch, event, { channel, notification, rulings, now }));
    });
    const inserted = await insertDeliveries(tx, tenantId, rows);
    const mail = inserted.some(({ status }) => status === "queued") ? [mailJob(tenantId)] : [];
    const times = rows.map(({ heldUntil }) => heldUntil);
    return { jobs: [...mail, ...digestJobs(tenantId, times)] };
  },
};

/** Made visible, or filed: somebody who does not want it in the inbox may want it by mail. */
function isNew(event: LogEvent): boolean {
  return event.type === "notification.created" || isFiled(event);
}

function isFiled({ internal }: LogEvent): boolean {
  return (internal as { filed?: boolean } | undefined)?.filed === true;
}

function notificationIdOf({ payload }: LogEvent): string {
  return String(payload.id);
}

interface Asked {
  channel: DeliveryChannel;
  notification: PlannedNotification | undefined;
  rulings: RulingOf;
  now: Date;
}

function toRow(batch: Batch, event: LogEvent, asked: Asked): NewDelivery {
  const { channel, notification } = asked;
  const address = notification?.email ?? notification?.profileEmail ?? undefined;
  const decision = judge(event, asked, address);
  const older = channel === "email" && decision.status === "queued" && batch.older(event);
  return {
    cause: `event:${event.position}`,
    userId: event.userId ?? "",
    channel,
    kind: notification?.away ? "away" : "notification",
    mail: channel === "email" ? mailOf(notification, asked.rulings) : undefined,
    notificationId: notificationIdOf(event),
    batchId: notification?.batchId ?? undefined,
    type: notification?.type ?? String(event.payload.type),
    subject: notification?.subject ?? "",
    status: older ? "waiting" : decision.status,
    rule: older ? "epoch" : decision.rule,
    detail: decision.detail,
    address: channel === "email" ? address : undefined,
    heldUntil: decision.until,
    epoch: batch.epoch,
  };
}

/** What a mail about unread messages says; its times as the person's clock shows them. */
function mailOf(notification: PlannedNotification | undefined, rulings: RulingOf): object | undefined {
  if (!notification?.away) return undefined;
  const { chatName, count, messages } = notification.away;
  const zone = rulings.zoneOf(notification.id);
  return { chatName, count, messages: messages.map((quote) => ({ ...quote, at: sayTime(new Date(quote.at), zone) })) };
}

function judge(event: LogEvent, { channel, notification, rulings, now }: Asked, address: string | undefined): Decision {
  return decideDelivery({
    channel,
    now,
    // What was filed counts as read from the start: that is no reason against a mail.
    notification: notification && isFiled(event) ? { ...notification, readAt: null } : notification,
    ruling: rulings(notificationIdOf(event), channel),
    address,
    suppressed: undefined,
    way: "catcher",
  });
}
