import type { LogEvent } from "../../events.ts";
import type { Batch, Consumer, Plan } from "../../log/planner.ts";
import { type Decision, decideDelivery, type Ruling } from "./policy.ts";
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
    const rows = fresh.flatMap((event) => {
      const notification = known.get(notificationIdOf(event));
      return deliveryChannels.map((channel) => toRow(batch, event, channel, notification));
    });
    const inserted = await insertDeliveries(tx, tenantId, rows);
    return { jobs: inserted.some(({ status }) => status === "queued") ? [mailJob(tenantId)] : [] };
  },
};

/** Made visible, or filed: somebody who does not want it in the inbox may want it by mail. */
function isNew({ type, internal }: LogEvent): boolean {
  return type === "notification.created" || (internal as { filed?: boolean } | undefined)?.filed === true;
}

function notificationIdOf({ payload }: LogEvent): string {
  return String(payload.id);
}

function toRow(
  batch: Batch,
  event: LogEvent,
  channel: DeliveryChannel,
  notification: PlannedNotification | undefined,
): NewDelivery {
  const address = notification?.email ?? notification?.profileEmail ?? undefined;
  const decision = decide(channel, notification, address);
  const older = channel === "email" && decision.status === "queued" && batch.older(event);
  return {
    cause: `event:${event.position}`,
    userId: event.userId ?? "",
    channel,
    kind: "notification",
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

function decide(
  channel: DeliveryChannel,
  notification: PlannedNotification | undefined,
  address: string | undefined,
): Decision {
  return decideDelivery({
    channel,
    now: new Date(),
    notification,
    ruling: rule(channel, notification),
    address,
    suppressed: undefined,
    way: "catcher",
  });
}

/** A mail is for whom the sender asks one. */
function rule(channel: DeliveryChannel, notification: PlannedNotification | undefined): Ruling {
  if (channel === "inApp" || notification?.email) return { outcome: "send", rule: "asked" };
  return { outcome: "stop", rule: "default", detail: "The sender did not ask for e-mail" };
}
