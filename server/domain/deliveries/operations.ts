import { explainNotification } from "./explain-notification.ts";
import { getDelivery } from "./get-delivery.ts";
import { listDeliveries } from "./list-deliveries.ts";
import { releaseDeliveries } from "./release-deliveries.ts";
import { resendDelivery } from "./resend-delivery.ts";
import { summarizeDeliveries } from "./summarize-deliveries.ts";

export const deliveryOperations = {
  list: listDeliveries,
  summarize: summarizeDeliveries,
  get: getDelivery,
  explain: explainNotification,
  resend: resendDelivery,
  release: releaseDeliveries,
};
