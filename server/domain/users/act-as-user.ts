import { z } from "zod";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { userId } from "../../schema.ts";
import { signUserToken } from "../tokens/sign-user-token.ts";

const lastsSeconds = 15 * 60;

export const actAsUser = mutation({
  name: "users.actAs",
  summary: "A token to see what a user sees, good for 15 minutes; it is noted who took it",
  http: { method: "POST", path: "/admin/users/{userId}/act-as", status: 201 },
  access: { caller: "admin", scope: "admin", console: "admin:secrets", sudo: true },
  input: z.object({ userId }),
  output: z.object({
    token: z.string(),
    expiresAt: z.string(),
    url: z.string().describe("The hosted chat as that user"),
  }),
  errors: ["conflict", "reauthentication_required"],
  secretAnswer: true,
  async handle(ctx, { userId }) {
    const { security, settings } = ctx.services;
    const signed = await signUserToken(security, ctx.tenantId, { userId, expiresIn: lastsSeconds });
    const answer = { ...signed, url: `${settings.baseUrl}/chat/${ctx.tenantId}#token=${signed.token}&acting` };
    return workOf(ctx, async () => answer);
  },
});
