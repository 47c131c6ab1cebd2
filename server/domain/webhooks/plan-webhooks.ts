import { type EventType, eventTypes, type LogEvent } from "../../events.ts";
import type { Consumer } from "../../log/planner.ts";
import { findDueBefore } from "../notifications/due-store.ts";
import { findHanging, insertWebhookDeliveries, webhookJob } from "./delivery-store.ts";
import { asksFor } from "./policy.ts";
import { findListening } from "./store.ts";

const everyType = Object.keys(eventTypes) as EventType[];

/** One delivery for each event and endpoint that asks for it, and a job for each endpoint that has one: of those that hang one a second. */
export const planWebhooks: Consumer = {
  name: "webhooks",
  async types(tx, tenantId) {
    const endpoints = await findListening(tx, tenantId);
    if (endpoints.some(({ types }) => types.length === 0)) return everyType;
    return [...new Set(endpoints.flatMap(({ types }) => types as EventType[]))];
  },
  async plan({ tx, tenantId, events, epoch, older, gateAt }) {
    const endpoints = await findListening(tx, tenantId);
    const dueBefore = await findDueBefore(tx, tenantId, events.flatMap(appeared), gateAt);
    const mayBeOut = (event: LogEvent) => older(event) || appeared(event).some((id) => dueBefore.has(id));
    const news = endpoints.flatMap((endpoint) =>
      events
        .filter((event) => event.position > endpoint.fromPosition && asksFor(endpoint, event))
        .map((event) => ({
          endpointId: endpoint.id,
          event,
          // It may have been delivered before the restore: an operator knows.
          status: mayBeOut(event) ? ("waiting" as const) : ("queued" as const),
          epoch,
        })),
    );
    await insertWebhookDeliveries(tx, tenantId, news);
    const called = new Set(news.filter(({ status }) => status === "queued").map(({ endpointId }) => endpointId));
    const hanging = await findHanging(tx, tenantId, [...called]);
    return { jobs: [...called].map((endpointId) => webhookJob(tenantId, endpointId, hanging.get(endpointId))) };
  },
};

/** The id of a notification that came out with this event. */
function appeared({ type, payload, internal }: LogEvent): string[] {
  const isNew = type === "notification.created" || (type === "notification.updated" && internal?.filed === true);
  return isNew ? [String(payload.id)] : [];
}
