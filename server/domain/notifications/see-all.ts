import { z } from "zod";
import { mutation } from "../../operation.ts";
import { notificationType } from "../categories/schema.ts";
import { changeAll } from "./change-own.ts";
import { clientId } from "./schema.ts";

export const seeAll = mutation({
  name: "notifications.seeAll",
  summary: "Say that everything in one's inbox was on the screen",
  http: { method: "PUT", path: "/Notifications/seen-all", headers: { "x-client-id": "clientId" } },
  access: { caller: "user", scope: "notifications:write" },
  input: z.object({ type: notificationType.optional().describe("Only those of this type"), clientId }),
  output: z.object({ changed: z.number().int() }),
  errors: ["outcome-unknown"],
  handle: (ctx, { type, clientId }) => changeAll(ctx, { operation: "seen", type, clientId }),
});
