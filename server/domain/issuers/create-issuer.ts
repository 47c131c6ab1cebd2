import { z } from "zod";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { settleIssuer } from "./policy.ts";
import { issuerFields, issuerSchema, presentIssuer } from "./schema.ts";
import { insertIssuer } from "./store.ts";

export const createIssuer = mutation({
  name: "issuers.create",
  summary: "Trust tokens of an identity provider: an OIDC issuer, a static public key, or a shared secret",
  http: { method: "POST", path: "/admin/issuers", status: 201 },
  access: { caller: "admin", scope: "admin", console: "admin:secrets", sudo: true },
  input: z.object({ ...issuerFields, kind: z.enum(["hs256", "public-key", "oidc"]), name: issuerFields.name.unwrap() }),
  output: issuerSchema,
  errors: ["conflict"],
  async handle(ctx, input) {
    const { security, live, settings } = ctx.services;
    const draft = settleIssuer(
      { ...input, claims: input.claims ?? {}, enabled: input.enabled ?? true },
      security.allowPrivateNetworks,
    );
    const answer = await workOf(ctx, async ({ tx }) =>
      presentIssuer(await insertIssuer(tx, ctx.tenantId, settings.authSecret, draft)),
    );
    live.recheck(ctx.tenantId);
    return answer;
  },
});
