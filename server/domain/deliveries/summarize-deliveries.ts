import { z } from "zod";
import { query } from "../../operation.ts";
import type { DeliveryChannel } from "../categories/schema.ts";
import { countDeliveries } from "./lookup-store.ts";
import { deliveryFilters } from "./schema.ts";

const counts = z.record(z.string(), z.number().int()).describe("Status → how many");

export const summarizeDeliveries = query({
  name: "deliveries.summarize",
  summary:
    "How many deliveries ended how, by delivery channel; of one send they add up to its audience in each channel",
  http: { method: "GET", path: "/admin/deliveries/summary" },
  access: { caller: "admin", scope: "admin" },
  input: z.object(deliveryFilters),
  output: z
    .object({
      inApp: z.object({ total: z.number().int(), statuses: counts }),
      email: z.object({ total: z.number().int(), statuses: counts }),
    })
    .meta({ id: "DeliverySummary" }),
  async handle(ctx, filters) {
    const rows = await countDeliveries(ctx.services.db, ctx.tenantId, filters);
    const of = (channel: DeliveryChannel) => {
      const mine = rows.filter((row) => row.channel === channel);
      return {
        total: mine.reduce((sum, { count }) => sum + count, 0),
        statuses: Object.fromEntries(mine.map(({ status, count }) => [status, count])),
      };
    };
    return { inApp: of("inApp"), email: of("email") };
  },
});
