import { z } from "zod";
import type { Principal } from "../../auth/principal.ts";
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
    name: z.string().optional().describe("Of the topic or the chat; for a key only where it may read these"),
  }),
  async handle(ctx, wanted) {
    const { name, ...audience } = await readAudience(ctx, wanted, ["topic", "chatId", "everyone"]);
    const recipients = await count(ctx.services.db.forTenant(ctx.tenantId), ctx.tenantId, audience);
    return { recipients, ...(name !== undefined && mayName(ctx.principal, wanted) ? { name } : {}) };
  },
});

/** What sends may be of anybody's id; what is called how is for those who may list it. */
function mayName({ kind, scopes }: Principal, { chatId }: { chatId?: string | undefined }): boolean {
  return kind !== "key" || scopes.has(chatId === undefined ? "admin" : "chats:read");
}
