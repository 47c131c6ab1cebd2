import { z } from "zod";
import { query } from "../../operation.ts";
import { groupFields, readAudience } from "./read-audience.ts";
import { countRecipients as count } from "./store.ts";

export const countRecipients = query({
  name: "batches.countRecipients",
  summary: "How many a send to a topic, a chat or everyone would reach now. Nothing is sent",
  http: { method: "GET", path: "/Notifications/bulk/recipients", aliases: { topicId: "topic" } },
  access: { caller: "admin", scope: "notifications:write" },
  input: z.object(groupFields),
  output: z.object({
    recipients: z.number().int(),
    name: z.string().optional().describe("Of the topic or the chat"),
  }),
  async handle(ctx, wanted) {
    const { name, ...audience } = await readAudience(ctx, wanted, ["topic", "chatId", "everyone"]);
    const recipients = await count(ctx.services.db.forTenant(ctx.tenantId), ctx.tenantId, audience);
    return { recipients, ...(name === undefined ? {} : { name }) };
  },
});
