import type { Example, OperationName } from "./examples.ts";
import { byAdmin, noInput } from "./examples-callers.ts";
import type { Side } from "./world.ts";

type Names = Extract<OperationName, `webhooks.${string}`>;

const ofWebhook = ({ ids }: Side) => ({ webhookId: ids.webhookId });
const ofDelivery = ({ ids }: Side) => ({ webhookId: ids.webhookId, webhookDeliveryId: ids.webhookDeliveryId });
const foreignWebhook = { webhookId: "not_found" } as const;
const foreignDelivery = { ...foreignWebhook, webhookDeliveryId: "not_found" } as const;

export const webhookExamples: Record<Names, Example> = {
  "webhooks.list": { input: noInput, callers: byAdmin, changes: [], foreign: {} },
  "webhooks.create": {
    input: () => ({ url: "https://hooks.example/parley", types: ["message.created"], ordered: true }),
    callers: byAdmin,
    changes: ["webhook_endpoints"],
    foreign: {},
  },
  "webhooks.get": { input: ofWebhook, callers: byAdmin, changes: [], foreign: foreignWebhook },
  "webhooks.update": {
    input: (side) => ({ ...ofWebhook(side), description: "Billing" }),
    callers: byAdmin,
    changes: ["webhook_endpoints"],
    foreign: foreignWebhook,
  },
  "webhooks.delete": {
    input: ofWebhook,
    callers: byAdmin,
    changes: ["webhook_deliveries", "webhook_endpoints"],
    foreign: foreignWebhook,
  },
  "webhooks.rotate": {
    input: (side) => ({ ...ofWebhook(side), overlapHours: 1 }),
    callers: byAdmin,
    changes: ["webhook_endpoints"],
    foreign: foreignWebhook,
  },
  "webhooks.getSample": { input: () => ({ type: "message.created" }), callers: byAdmin, changes: [], foreign: {} },
  "webhooks.sendSample": {
    input: (side) => ({ ...ofWebhook(side), type: "chat.created" }),
    callers: byAdmin,
    changes: ["webhook_deliveries"],
    foreign: foreignWebhook,
  },
  "webhooks.listDeliveries": {
    input: (side) => ({ ...ofWebhook(side), limit: 5, status: "queued" }),
    callers: byAdmin,
    changes: [],
    foreign: foreignWebhook,
  },
  "webhooks.getDelivery": { input: ofDelivery, callers: byAdmin, changes: [], foreign: foreignDelivery },
  "webhooks.resend": { input: ofDelivery, callers: byAdmin, changes: ["webhook_deliveries"], foreign: foreignDelivery },
  "webhooks.replay": {
    input: ofWebhook,
    callers: byAdmin,
    changes: [],
    foreign: foreignWebhook,
  },
};
