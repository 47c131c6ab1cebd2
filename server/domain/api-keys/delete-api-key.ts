import { z } from "zod";
import { mutation } from "../../operation.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { empty, entityId } from "../../schema.ts";
import { deleteNamedKey } from "./store.ts";

export const deleteApiKey = mutation({
  name: "apiKeys.delete",
  summary: "Delete a named key; it is refused at once",
  http: { method: "DELETE", path: "/admin/api-keys/{keyId}" },
  access: { caller: "admin", scope: "admin", sudo: true },
  input: z.object({ keyId: entityId }),
  output: empty,
  errors: ["conflict"],
  async handle(ctx, { keyId }) {
    const { db, live } = ctx.services;
    const remove = async (deleted: Promise<void>) => deleted.then(() => ({}));
    const answer = await unitOfWork(db, ctx.tenantId, ({ tx }) => remove(deleteNamedKey(tx, ctx.tenantId, keyId)));
    live.recheck(ctx.tenantId);
    return answer;
  },
});
