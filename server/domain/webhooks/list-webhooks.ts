import { z } from "zod";
import { query } from "../../operation.ts";
import { readPage, toPage } from "../../persistence/paging.ts";
import { tenantTransaction } from "../../persistence/prisma.ts";
import { page, pageInput } from "../../schema.ts";
import { measureWebhooks } from "./delivery-store.ts";
import { presentWebhook, webhookSchema } from "./schema.ts";
import { pageWebhooks } from "./store.ts";

export const listWebhooks = query({
  name: "webhooks.list",
  summary: "Where the tenant's events are posted to, and how each of these does; oldest first, secrets left out",
  http: { method: "GET", path: "/admin/webhooks" },
  access: { caller: "admin", scope: "admin" },
  input: z.object(pageInput),
  output: page(webhookSchema),
  async handle(ctx, input) {
    const pages = readPage(input);
    const { rows, total } = await pageWebhooks(ctx.services.db, ctx.tenantId, pages);
    const ids = rows.map(({ id }) => id);
    const lately = await tenantTransaction(ctx.services.db.prisma, ctx.tenantId, (tx) =>
      measureWebhooks(tx, ctx.tenantId, ids),
    );
    return toPage(
      pages,
      total,
      rows.map((row) => presentWebhook(row, lately.get(row.id))),
    );
  },
});
