import { createWebhook } from "./create-webhook.ts";
import { deleteWebhook } from "./delete-webhook.ts";
import { getSample } from "./get-sample.ts";
import { getWebhook } from "./get-webhook.ts";
import { getWebhookDelivery } from "./get-webhook-delivery.ts";
import { listWebhookDeliveries } from "./list-webhook-deliveries.ts";
import { listWebhooks } from "./list-webhooks.ts";
import { replayWebhook } from "./replay-webhook.ts";
import { resendWebhook } from "./resend-webhook.ts";
import { rotateWebhook } from "./rotate-webhook.ts";
import { sendSample } from "./send-sample.ts";
import { updateWebhook } from "./update-webhook.ts";

export const webhookOperations = {
  list: listWebhooks,
  create: createWebhook,
  get: getWebhook,
  update: updateWebhook,
  delete: deleteWebhook,
  rotate: rotateWebhook,
  getSample,
  sendSample,
  listDeliveries: listWebhookDeliveries,
  getDelivery: getWebhookDelivery,
  resend: resendWebhook,
  replay: replayWebhook,
};
