import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { empty, entityId } from "../../schema.ts";
import { lockIssuer, removeIssuer } from "./store.ts";

export const deleteIssuer = mutation({
  name: "issuers.delete",
  summary: "Trust an issuer no longer; its tokens are refused at once",
  http: { method: "DELETE", path: "/admin/issuers/{issuerId}" },
  access: { caller: "admin", scope: "admin", sudo: true },
  input: z.object({ issuerId: entityId }),
  output: empty,
  errors: ["conflict"],
  async handle(ctx, { issuerId }) {
    const { db, live } = ctx.services;
    const answer = await unitOfWork(db, ctx.tenantId, async ({ tx }) => {
      const row = await lockIssuer(tx, ctx.tenantId, issuerId);
      if (row.kind === "internal")
        throw new DomainError("conflict", { detail: "The tenant's own issuer can be switched off, not deleted" });
      await removeIssuer(tx, row);
      return {};
    });
    live.recheck(ctx.tenantId);
    return answer;
  },
});
