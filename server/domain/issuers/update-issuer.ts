import { z } from "zod";
import { claimChoicesSchema, type IssuerKind } from "../../auth/issuer.ts";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import type { Issuer as IssuerRow } from "../../persistence/generated/client.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { entityId } from "../../schema.ts";
import { type IssuerDraft, plainKey, settleIssuer } from "./policy.ts";
import { issuerFields, issuerSchema, presentIssuer } from "./schema.ts";
import { lockIssuer, saveIssuer } from "./store.ts";

const changes = z.object(issuerFields);

export const updateIssuer = mutation({
  name: "issuers.update",
  summary:
    "Change an issuer; what is left out stays. Connections of its tokens are closed to come back under the new rules",
  http: { method: "PATCH", path: "/admin/issuers/{issuerId}" },
  access: { caller: "admin", scope: "admin", console: "admin:secrets", sudo: true },
  input: changes.extend({ issuerId: entityId }),
  output: issuerSchema,
  async handle(ctx, { issuerId, ...input }) {
    const { db, security, live, settings } = ctx.services;
    const answer = await unitOfWork(db, ctx.tenantId, async ({ tx }) => {
      const row = await lockIssuer(tx, ctx.tenantId, issuerId);
      const draft = settleIssuer(applyChanges(row, input), security.allowPrivateNetworks);
      return presentIssuer(await saveIssuer(tx, row, settings.authSecret, draft));
    });
    live.recheck(ctx.tenantId);
    return answer;
  },
});

function applyChanges(row: IssuerRow, input: z.output<typeof changes>): IssuerDraft {
  if (row.kind === "internal") refuseInternal(input);
  // Another key may need other algorithms, so those of before do not bind it; the same key said once more keeps them.
  const another =
    row.kind === "public-key" && input.publicKey !== undefined && plainKey(input.publicKey) !== row.publicKey;
  const algorithms = input.algorithms ?? (another ? undefined : row.algorithms);
  return {
    kind: row.kind as IssuerKind,
    name: input.name ?? row.name,
    issuer: input.issuer ?? row.issuer ?? undefined,
    audience: input.audience ?? row.audience ?? undefined,
    algorithms,
    secret: input.secret,
    hasSecret: row.secret !== null,
    publicKey: input.publicKey ?? row.publicKey ?? undefined,
    jwksUri: input.jwksUri ?? row.jwksUri ?? undefined,
    claims: { ...claimChoicesSchema.parse(row.claims), ...input.claims },
    enabled: input.enabled ?? row.enabled,
  };
}

/** Its tokens are made here: nothing about how they are signed can be set. */
function refuseInternal(input: z.output<typeof changes>): void {
  const fixed = (["issuer", "audience", "algorithms", "secret", "publicKey", "jwksUri"] as const).filter(
    (field) => input[field] !== undefined,
  );
  if (fixed.length === 0) return;
  const errors = Object.fromEntries(fixed.map((field) => [field, ["cannot be set on the tenant's own issuer"]]));
  throw new DomainError("invalid", { errors });
}
