import { z } from "zod";
import { query } from "../../operation.ts";
import { entityId } from "../../schema.ts";
import { findTries, getDelivery as loadDelivery } from "./lookup-store.ts";
import { detailedDeliverySchema, presentDetailed } from "./schema.ts";

export const getDelivery = query({
  name: "deliveries.get",
  summary: "One delivery with its tries and what the mail server said to each",
  http: { method: "GET", path: "/admin/deliveries/{deliveryId}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ deliveryId: entityId }),
  output: detailedDeliverySchema,
  async handle(ctx, { deliveryId }) {
    const { db } = ctx.services;
    const row = await loadDelivery(db, ctx.tenantId, deliveryId);
    return presentDetailed(row, (await findTries(db, ctx.tenantId, [row.id])).get(row.id) ?? []);
  },
});
