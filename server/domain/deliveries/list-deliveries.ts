import { z } from "zod";
import { query } from "../../operation.ts";
import { readPage, toPage } from "../../persistence/paging.ts";
import { page, pageInput } from "../../schema.ts";
import { pageDeliveries } from "./lookup-store.ts";
import { deliveryFilters, deliverySchema, presentDelivery } from "./schema.ts";

export const listDeliveries = query({
  name: "deliveries.list",
  summary: "Why things did or did not arrive: one row a recipient and delivery channel, the newest first",
  http: { method: "GET", path: "/admin/deliveries" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ ...pageInput, ...deliveryFilters }),
  output: page(deliverySchema),
  async handle(ctx, { pageNumber, pageSize, ...filters }) {
    const pages = readPage({ pageNumber, pageSize });
    const { rows, total } = await pageDeliveries(ctx.services.db, ctx.tenantId, filters, pages);
    return toPage(pages, total, rows.map(presentDelivery));
  },
});
