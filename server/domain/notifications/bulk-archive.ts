import { z } from "zod";
import { mutation } from "../../operation.ts";
import { changeMany } from "./change-own.ts";
import { bulkSchema, notificationIds } from "./policy.ts";
import { clientId } from "./schema.ts";

export const bulkArchive = mutation({
  name: "notifications.bulkArchive",
  summary: "Put many of one's own into the archive, or take them out",
  http: {
    method: "PUT",
    path: "/Notifications/bulk/archive",
    headers: { "x-client-id": "clientId" },
    aliases: { ids: "notificationIds" },
  },
  access: { caller: "user", scope: "notifications:write" },
  input: z.object({ notificationIds, archived: z.boolean().optional().describe("true unless given"), clientId }),
  output: bulkSchema,
  errors: ["outcome-unknown"],
  handle: (ctx, { notificationIds, archived, clientId }) =>
    changeMany(ctx, notificationIds, { operation: archived === false ? "unarchive" : "archive", clientId }),
});
