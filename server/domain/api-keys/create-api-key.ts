import { z } from "zod";
import { scopes } from "../../auth/scopes.ts";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { keyName, newApiKeySchema, presentKey } from "./schema.ts";
import { insertNamedKey } from "./store.ts";

export const createApiKey = mutation({
  name: "apiKeys.create",
  summary: "Make a named key with just the scopes it needs",
  http: { method: "POST", path: "/admin/api-keys", status: 201 },
  access: { caller: "admin", scope: "admin", console: "admin:secrets", sudo: true },
  input: z.object({
    name: keyName,
    scopes: z
      .array(z.enum(scopes))
      .min(1)
      .overwrite((list) => [...new Set(list)]),
  }),
  output: newApiKeySchema,
  errors: ["conflict"],
  secretAnswer: true,
  async handle(ctx, input) {
    const { live } = ctx.services;
    const answer = await workOf(ctx, async ({ tx }) => {
      const { row, key } = await insertNamedKey(tx, ctx.tenantId, input);
      return { ...presentKey(row), key };
    });
    live.recheck(ctx.tenantId);
    return answer;
  },
});
