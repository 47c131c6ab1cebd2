import { z } from "zod";
import { query } from "../../operation.ts";
import { listInForms } from "../../persistence/cursor-form.ts";
import { readTimeCursor, writeTimeCursor } from "../../persistence/time-cursor.ts";
import { cursorInput, cursorPage, page, pageInput } from "../../schema.ts";
import { countAllDeliveries, listDeliveriesBetween } from "./lookup-store.ts";
import { deliveryFilters, deliverySchema, presentDelivery } from "./schema.ts";

export const listDeliveries = query({
  name: "deliveries.list",
  summary: "Why things did or did not arrive: one row a recipient and delivery channel, the newest first",
  http: { method: "GET", path: "/admin/deliveries" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ ...pageInput, ...cursorInput, ...deliveryFilters }),
  output: z.union([page(deliverySchema), cursorPage(deliverySchema)]),
  errors: ["cursor_invalid"],
  async handle(ctx, { pageNumber, pageSize, before, after, limit, ...filters }) {
    const { db } = ctx.services;
    const asked = { pageNumber, pageSize, before, after, limit };
    return listInForms(asked, {
      onward: "before",
      read: (cursor) => readTimeCursor(cursor),
      load: (span) => listDeliveriesBetween(db, ctx.tenantId, filters, span),
      write: ({ createdAt, id }) => writeTimeCursor({ at: createdAt, id }),
      count: () => countAllDeliveries(db, ctx.tenantId, filters),
      present: (rows) => rows.map(presentDelivery),
    });
  },
});
