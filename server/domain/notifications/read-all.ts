import { z } from "zod";
import { mutation } from "../../operation.ts";
import { notificationType } from "../categories/schema.ts";
import { changeAll } from "./change-own.ts";
import { clientId } from "./schema.ts";

export const readAll = mutation({
  name: "notifications.readAll",
  summary: "Mark everything in one's inbox as read",
  http: { method: "PUT", path: "/Notifications/read-all", headers: { "x-client-id": "clientId" } },
  access: { caller: "user", scope: "notifications:write" },
  input: z.object({ type: notificationType.optional().describe("Only those of this type"), clientId }),
  output: z.object({ changed: z.number().int() }),
  errors: ["outcome-unknown"],
  handle: (ctx, { type, clientId }) => changeAll(ctx, { operation: "read", type, clientId }),
});
