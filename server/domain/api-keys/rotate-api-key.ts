import { z } from "zod";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { entityId } from "../../schema.ts";
import { newApiKeySchema, presentKey } from "./schema.ts";
import { replaceKey } from "./store.ts";

export const rotateApiKey = mutation({
  name: "apiKeys.rotate",
  summary: "Replace the primary, the secondary or a named key; the old one is refused at once",
  http: { method: "POST", path: "/admin/api-keys/{kind}/regenerate" },
  access: { caller: "admin", scope: "admin", console: "admin:secrets", sudo: true },
  input: z.object({ kind: entityId.describe("primary, secondary, or the id of a named key") }),
  output: newApiKeySchema,
  secretAnswer: true,
  async handle(ctx, { kind }) {
    const { live } = ctx.services;
    const answer = await workOf(ctx, async ({ tx }) => {
      const { row, key } = await replaceKey(tx, ctx.tenantId, kind);
      return { ...presentKey(row), key };
    });
    live.recheck(ctx.tenantId);
    return answer;
  },
});
