import { z } from "zod";
import { requireUserId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { entityId, limits, namedUserId } from "../../schema.ts";
import { countSubscribers, addSubscribers as storeSubscribers } from "./store.ts";

export const addSubscribers = mutation({
  name: "topics.subscribe",
  summary: "Subscribe users to a topic; who is one already stays one",
  http: {
    method: "POST",
    path: "/admin/topics/{topicId}/subscribers",
    bodyBytes: limits.recipientsBytes,
  },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ topicId: entityId, userIds: z.array(namedUserId).min(1).max(limits.recipients) }),
  output: z.object({ added: z.number().int(), subscribers: z.number().int() }),
  async handle(ctx, input) {
    const { now } = ctx.services;
    const topicId = requireUserId(input.topicId);
    const userIds = [...new Set(input.userIds)];
    return await workOf(ctx, async ({ tx }) => {
      const added = await storeSubscribers(tx, ctx.tenantId, topicId, { userIds, now: new Date(now()) });
      return { added, subscribers: await countSubscribers(tx, ctx.tenantId, topicId) };
    });
  },
});
