import { randomUUID } from "node:crypto";
import * as deliveries from "../../domain/webhooks/delivery-store.ts";
import { webhookPatience } from "../../domain/webhooks/policy.ts";
import * as replays from "../../domain/webhooks/replay-store.ts";
import * as webhooks from "../../domain/webhooks/store.ts";
import * as worker from "../../jobs/webhooks/webhook-store.ts";
import type { WebhookEndpoint } from "../../persistence/generated/client.ts";
import { testSecret } from "../stack.ts";
import { own, refused, type StoreModules } from "./intruder.ts";

const page = { pageNumber: 1, offset: 0, pageSize: 50 };
const choices = { url: "https://hooks.example/", description: "", types: [], chatId: null, ordered: false };
const oldUntil = new Date("2100-01-01T00:00:00Z");
const delivery = (endpointId: string) => ({
  endpointId,
  event: { type: "chat.created" as const, payload: {}, position: 1 },
  status: "queued" as const,
  epoch: 1,
});

/** Of webhook endpoints and what is sent to them. */
export const webhookStores: StoreModules = {
  "domain/webhooks/store.ts": {
    module: webhooks,
    rows: {
      pageWebhooks: [({ db, mine }) => webhooks.pageWebhooks(db, mine, page), own],
      getWebhook: [({ tx, mine, theirs }) => webhooks.getWebhook(tx, mine, theirs.webhookId), refused],
      insertWebhook: [({ tx, mine }) => webhooks.insertWebhook(tx, mine, testSecret, choices), own],
      saveWebhook: [
        ({ tx, mine, theirs }) => webhooks.saveWebhook(tx, mine, theirs.webhookId, { state: "paused" }),
        refused,
      ],
      replaceWebhookSecret: [
        ({ tx, mine, theirs }) =>
          webhooks.replaceWebhookSecret(tx, mine, testSecret, { webhookId: theirs.webhookId, oldUntil }),
        refused,
      ],
      removeWebhook: [({ tx, mine, theirs }) => webhooks.removeWebhook(tx, mine, theirs.webhookId), refused],
      findListening: [({ tx, mine }) => webhooks.findListening(tx, mine), own],
      allWebhookJobs: [({ tx, mine }) => webhooks.allWebhookJobs(tx, mine), own],
    },
  },
  "domain/webhooks/delivery-store.ts": {
    module: deliveries,
    rows: {
      insertWebhookDeliveries: [
        ({ tx, mine }) => deliveries.insertWebhookDeliveries(tx, mine, [delivery(randomUUID())]),
        1,
      ],
      findHanging: [
        async ({ tx, mine, theirs }) => [...(await deliveries.findHanging(tx, mine, [theirs.webhookId]))],
        [],
      ],
      measureWebhooks: [
        async ({ tx, mine, theirs }) => [...(await deliveries.measureWebhooks(tx, mine, [theirs.webhookId]))],
        [],
      ],
      messageIdOf: { reason: "names an event, and touches no row" },
      webhookJob: { reason: "names a job; enqueueJobs refuses those of another tenant" },
      countWebhookDeliveries: [
        ({ db, mine, theirs }) => deliveries.countWebhookDeliveries(db, mine, { webhookId: theirs.webhookId }),
        0,
      ],
      listWebhookDeliveries: [
        ({ db, mine, theirs }) =>
          deliveries.listWebhookDeliveries(db, mine, { webhookId: theirs.webhookId }, { limit: 9 }),
        [],
      ],
      getWebhookDelivery: [({ tx, mine, theirs }) => deliveries.getWebhookDelivery(tx, mine, theirs), refused],
      requeueWebhooks: [({ tx, mine, theirs }) => deliveries.requeueWebhooks(tx, mine, theirs.webhookId, {}), 0],
    },
  },
  "domain/webhooks/replay-store.ts": {
    module: replays,
    rows: {
      replayRange: [
        ({ tx, mine, theirs }) =>
          replays.replayRange(tx, mine, { ...choices, id: theirs.webhookId } as unknown as WebhookEndpoint, {
            position: () => 0,
          }),
        own,
      ],
    },
  },
  "jobs/webhooks/webhook-store.ts": {
    module: worker,
    rows: {
      claimWebhook: [
        ({ db, mine, theirs }) => worker.claimWebhook(db.pool, mine, theirs.webhookId, webhookPatience),
        undefined,
      ],
      nextWebhook: [
        ({ tx, mine, theirs }) => worker.nextWebhook(tx, mine, theirs.webhookId, webhookPatience),
        undefined,
      ],
      finishWebhook: [
        ({ tx, mine, theirs }) =>
          worker.finishWebhook(
            tx,
            mine,
            { id: theirs.webhookDeliveryId, number: 1 },
            { status: "failed", said: {} },
            webhookPatience,
          ),
        false,
      ],
    },
  },
};
