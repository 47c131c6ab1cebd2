import { z } from "zod";
import { requireUserId } from "../../ids.ts";
import { query } from "../../operation.ts";
import { entityId } from "../../schema.ts";
import { presentTopic, topicSchema } from "./schema.ts";
import { countSubscribers, getTopic as readTopic } from "./store.ts";

export const getTopic = query({
  name: "topics.get",
  summary: "One topic and how many subscribe to it",
  http: { method: "GET", path: "/admin/topics/{topicId}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ topicId: entityId }),
  output: topicSchema,
  async handle(ctx, input) {
    const client = ctx.services.db.forTenant(ctx.tenantId);
    const topic = await readTopic(client, ctx.tenantId, requireUserId(input.topicId));
    return presentTopic(topic, await countSubscribers(client, ctx.tenantId, topic.id));
  },
});
