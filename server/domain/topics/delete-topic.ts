import { z } from "zod";
import { requireUserId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { empty, entityId } from "../../schema.ts";
import { removeTopic } from "./store.ts";

export const deleteTopic = mutation({
  name: "topics.delete",
  summary: "Delete a topic and all subscriptions to it",
  http: { method: "DELETE", path: "/admin/topics/{topicId}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ topicId: entityId }),
  output: empty,
  async handle(ctx, input) {
    const id = requireUserId(input.topicId);
    return await unitOfWork(ctx.services.db, ctx.tenantId, async ({ tx }) => {
      await removeTopic(tx, ctx.tenantId, id);
      return {};
    });
  },
});
