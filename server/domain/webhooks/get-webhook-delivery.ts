import { z } from "zod";
import { mintTenantId } from "../../auth/principal.ts";
import type { EventType, LogEvent } from "../../events.ts";
import { readEventsOf } from "../../log/planner-store.ts";
import { query } from "../../operation.ts";
import { type TenantTransaction, tenantTransaction } from "../../persistence/prisma.ts";
import { entityId } from "../../schema.ts";
import { getWebhookDelivery as loadDelivery, messageIdOf } from "./delivery-store.ts";
import { bodyOf } from "./policy.ts";
import { detailedDeliverySchema, presentDelivery, presentTry } from "./schema.ts";

type Row = Awaited<ReturnType<typeof loadDelivery>>["row"];

export const getWebhookDelivery = query({
  name: "webhooks.getDelivery",
  summary: "One delivery to a webhook endpoint: its body, and its tries with the beginning of each answer",
  http: { method: "GET", path: "/admin/webhooks/{webhookId}/deliveries/{webhookDeliveryId}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ webhookId: entityId, webhookDeliveryId: entityId }),
  output: detailedDeliverySchema,
  handle: (ctx, ids) =>
    tenantTransaction(ctx.services.db.prisma, ctx.tenantId, async (tx) => {
      const { row, tries } = await loadDelivery(tx, ctx.tenantId, ids);
      const webhookMessageId = messageIdOf(ctx.services.cursors, ctx.tenantId, row);
      const event = await findEventOf(tx, row);
      const body = event ? JSON.parse(bodyOf(event, webhookMessageId)) : row.sample;
      return {
        ...presentDelivery(row),
        webhookMessageId,
        ...(body ? { body } : {}),
        tries: tries.map(presentTry),
      };
    }),
});

/** What a delivery tells of, while the log keeps it; undefined of a sample. */
export async function findEventOf(tx: TenantTransaction, row: Row): Promise<LogEvent | undefined> {
  if (row.position === null) return undefined;
  const upto = Number(row.position);
  const span = { after: upto - 1, upto, limit: 1 };
  const [event] = await readEventsOf(tx, mintTenantId(row.tenantId), [row.type as EventType], span);
  return event;
}
