import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { text, userId } from "../../schema.ts";
import { ensureUser } from "../users/store.ts";
import { givesAdminRights, signUserToken } from "./sign-user-token.ts";

export const createToken = mutation({
  name: "tokens.create",
  summary: "Make a token for one of your users; for backends without an identity provider",
  http: { method: "POST", path: "/tokens", status: 201 },
  access: { caller: "key", scope: "tokens:create" },
  input: z.object({
    userId,
    groups: z.array(text(200).min(1)).max(50).optional().describe("Admin gives admin rights"),
    expiresInSeconds: z.number().int().min(1).max(86_400).default(3600),
  }),
  output: z
    .object({ token: z.string().describe("Send it as Authorization: Bearer"), expiresAt: z.string() })
    .meta({ id: "Token" }),
  errors: ["conflict"],
  secretAnswer: true,
  async handle(ctx, { userId, groups, expiresInSeconds }) {
    const { security } = ctx.services;
    if (!ctx.principal.scopes.has("admin") && (await givesAdminRights(security, ctx.tenantId, groups)))
      throw new DomainError("scope_missing", { detail: "A token with admin rights is made by a key that has them" });
    const signed = await signUserToken(security, ctx.tenantId, { userId, groups, expiresIn: expiresInSeconds });
    return workOf(ctx, async ({ tx }) => {
      await ensureUser(tx, ctx.tenantId, userId);
      return signed;
    });
  },
});
