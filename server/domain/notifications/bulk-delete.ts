import { z } from "zod";
import { mutation } from "../../operation.ts";
import { changeMany } from "./change-own.ts";
import { bulkSchema, notificationIds } from "./policy.ts";
import { clientId } from "./schema.ts";

export const bulkDelete = mutation({
  name: "notifications.bulkDelete",
  summary: "Delete many of one's own for ever",
  http: {
    method: "PUT",
    path: "/Notifications/bulk/delete",
    headers: { "x-client-id": "clientId" },
    aliases: { ids: "notificationIds" },
    also: [{ method: "DELETE", path: "/Notifications/bulk" }],
  },
  access: { caller: "user", scope: "notifications:write" },
  input: z.object({ notificationIds, clientId }),
  output: bulkSchema,
  errors: ["outcome-unknown"],
  handle: (ctx, { notificationIds, clientId }) => changeMany(ctx, notificationIds, { operation: "delete", clientId }),
});
