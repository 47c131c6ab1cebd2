import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { empty, entityId } from "../../schema.ts";
import { liftSuppression } from "./store.ts";

export const removeSuppression = mutation({
  name: "suppressions.remove",
  summary: "Send an address mail again",
  http: { method: "DELETE", path: "/admin/suppressions/{address}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ address: entityId }),
  output: empty,
  handle: (ctx, { address }) =>
    unitOfWork(ctx.services.db, ctx.tenantId, async ({ tx }) => {
      if (address.includes("\u0000")) throw new DomainError("not_found");
      await liftSuppression(tx, ctx.tenantId, address);
      return {};
    }),
});
