import { z } from "zod";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { onlyNew } from "../../schema.ts";
import { categoryFields, categorySchema, notificationType, onlyIf, presentCategory } from "./schema.ts";
import { saveCategory } from "./store.ts";

export const putCategory = mutation({
  name: "categories.put",
  summary:
    "Declare a type of notifications, as a whole: what is left out is cleared. Types work without being declared",
  http: { method: "PUT", path: "/admin/categories/{type}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ type: notificationType, ...categoryFields, onlyNew, onlyIf }),
  output: categorySchema,
  errors: ["conflict"],
  async handle(ctx, { type, ...draft }) {
    return workOf(ctx, async ({ tx }) => presentCategory(await saveCategory(tx, ctx.tenantId, type, draft)));
  },
});
