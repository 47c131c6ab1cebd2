import { z } from "zod";
import { callerId, clientHashOf } from "../../caller.ts";
import { mutation } from "../../operation.ts";
import { notificationType } from "../categories/schema.ts";
import { changeAll } from "./change-all.ts";
import { clientId } from "./schema.ts";

export const seeAll = mutation({
  name: "notifications.seeAll",
  summary: "Say that everything in one's inbox was on the screen",
  http: { method: "PUT", path: "/Notifications/seen-all", headers: { "x-client-id": "clientId" } },
  access: { caller: "user", scope: "notifications:write" },
  input: z.object({ type: notificationType.optional().describe("Only those of this type"), clientId }),
  output: z.object({ changed: z.number().int() }),
  errors: ["outcome-unknown"],
  async handle(ctx, { type, clientId }) {
    const userId = callerId(ctx);
    const clientHash = clientHashOf(ctx.tenantId, userId, clientId);
    return { changed: await changeAll(ctx, { operation: "seen", userId, type, clientHash }) };
  },
});
