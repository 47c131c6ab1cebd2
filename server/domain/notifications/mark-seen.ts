import { z } from "zod";
import { mutation } from "../../operation.ts";
import { entityId } from "../../schema.ts";
import { changeOne } from "./change-own.ts";
import { clientId, notificationSchema } from "./schema.ts";

export const setSeen = mutation({
  name: "notifications.setSeen",
  summary: "Say that a notification was on one's screen",
  http: { method: "PUT", path: "/Notifications/{notificationId}/seen", headers: { "x-client-id": "clientId" } },
  access: { caller: "user", scope: "notifications:write" },
  input: z.object({ notificationId: entityId, clientId }),
  output: notificationSchema,
  errors: ["outcome-unknown"],
  handle: (ctx, { notificationId, clientId }) => changeOne(ctx, notificationId, { operation: "seen", clientId }),
});
