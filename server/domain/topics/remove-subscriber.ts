import { z } from "zod";
import { requireUserId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { entityId } from "../../schema.ts";
import { removeSubscriber as storeRemoval } from "./store.ts";

export const removeSubscriber = mutation({
  name: "topics.unsubscribe",
  summary: "End a user's subscription to a topic; who has none stays without",
  http: { method: "DELETE", path: "/admin/topics/{topicId}/subscribers/{userId}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ topicId: entityId, userId: entityId }),
  output: z.object({ removed: z.boolean() }),
  async handle(ctx, input) {
    const [topicId, userId] = [requireUserId(input.topicId), requireUserId(input.userId)];
    return await unitOfWork(ctx.services.db, ctx.tenantId, async ({ tx }) => ({
      removed: await storeRemoval(tx, ctx.tenantId, topicId, userId),
    }));
  },
});
