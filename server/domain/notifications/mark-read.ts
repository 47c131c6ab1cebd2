import { z } from "zod";
import { mutation } from "../../operation.ts";
import { entityId } from "../../schema.ts";
import { changeOne } from "./change-own.ts";
import { clientId, notificationSchema } from "./schema.ts";

export const setRead = mutation({
  name: "notifications.setRead",
  summary: "Mark a notification of one's own as read, or as unread",
  http: {
    method: "PUT",
    path: "/Notifications/{notificationId}/read",
    headers: { "x-client-id": "clientId" },
    aliases: { isRead: "read" },
    inQuery: ["read"],
  },
  access: { caller: "user", scope: "notifications:write" },
  input: z.object({ notificationId: entityId, read: z.boolean().optional().describe("true unless given"), clientId }),
  output: notificationSchema,
  errors: ["outcome-unknown"],
  handle: (ctx, { notificationId, read, clientId }) =>
    changeOne(ctx, notificationId, { operation: read === false ? "unread" : "read", clientId }),
});
