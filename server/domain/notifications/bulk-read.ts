import { z } from "zod";
import { mutation } from "../../operation.ts";
import { changeMany } from "./change-own.ts";
import { bulkSchema, notificationIds } from "./policy.ts";
import { clientId } from "./schema.ts";

export const bulkRead = mutation({
  name: "notifications.bulkRead",
  summary: "Mark many of one's own as read, or as unread",
  http: {
    method: "PUT",
    path: "/Notifications/bulk/read",
    headers: { "x-client-id": "clientId" },
    aliases: { ids: "notificationIds" },
  },
  access: { caller: "user", scope: "notifications:write" },
  input: z.object({ notificationIds, read: z.boolean().optional().describe("true unless given"), clientId }),
  output: bulkSchema,
  errors: ["outcome-unknown"],
  handle: (ctx, { notificationIds, read, clientId }) =>
    changeMany(ctx, notificationIds, { operation: read === false ? "unread" : "read", clientId }),
});
