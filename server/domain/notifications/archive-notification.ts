import { z } from "zod";
import { mutation } from "../../operation.ts";
import { entityId } from "../../schema.ts";
import { changeOne } from "./change-own.ts";
import { clientId, notificationSchema } from "./schema.ts";

export const setArchived = mutation({
  name: "notifications.setArchived",
  summary: "Put a notification of one's own into the archive, or take it out",
  http: { method: "PUT", path: "/Notifications/{notificationId}/archive", headers: { "x-client-id": "clientId" } },
  access: { caller: "user", scope: "notifications:write" },
  input: z.object({
    notificationId: entityId,
    archived: z.boolean().optional().describe("true unless given"),
    clientId,
  }),
  output: notificationSchema,
  errors: ["outcome-unknown"],
  handle: (ctx, { notificationId, archived, clientId }) =>
    changeOne(ctx, notificationId, { operation: archived === false ? "unarchive" : "archive", clientId }),
});
