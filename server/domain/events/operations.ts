import { listChatEvents } from "./list-chat-events.ts";
import { listEvents } from "./list-events.ts";

export const eventOperations = { list: listEvents };

/** Of whoever runs the tenant. */
export const tenantEventOperations = { listEvents: listChatEvents };
