import { z } from "zod";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { text } from "../../schema.ts";
import { address, presentSuppression, suppressionSchema } from "./schema.ts";
import { suppress } from "./store.ts";

export const addSuppression = mutation({
  name: "suppressions.add",
  summary: "Send an address no mail from now on",
  http: { method: "POST", path: "/admin/suppressions", status: 201 },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ address, detail: text(500).optional() }),
  output: suppressionSchema,
  handle: (ctx, { address, detail }) =>
    workOf(ctx, async ({ tx }) =>
      presentSuppression(await suppress(tx, ctx.tenantId, { address, reason: "manual", detail })),
    ),
});
