import { z } from "zod";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { userId } from "../../schema.ts";
import { revokeUserTokens } from "./store.ts";

export const revokeUser = mutation({
  name: "users.revoke",
  summary: "Refuse every token of a user issued so far, whoever issued it; open connections close within 5 s",
  http: { method: "POST", path: "/admin/users/{userId}/revoke" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ userId }),
  output: z.object({ userId: z.string(), validAfter: z.string().describe("Tokens issued until then are refused") }),
  async handle(ctx, { userId }) {
    const { live } = ctx.services;
    const answer = await workOf(ctx, async ({ tx }) => ({
      userId,
      validAfter: (await revokeUserTokens(tx, ctx.tenantId, userId)).toISOString(),
    }));
    live.recheck(ctx.tenantId);
    return answer;
  },
});
