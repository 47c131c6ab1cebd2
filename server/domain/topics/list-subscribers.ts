import { z } from "zod";
import { requireUserId } from "../../ids.ts";
import { query } from "../../operation.ts";
import { readPage, toPage } from "../../persistence/paging.ts";
import { entityId, page, pageInput } from "../../schema.ts";
import { subscriberSchema } from "./schema.ts";
import { pageSubscribers } from "./store.ts";

export const listSubscribers = query({
  name: "topics.listSubscribers",
  summary: "Who subscribes to a topic, in order of user id",
  http: { method: "GET", path: "/admin/topics/{topicId}/subscribers" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ topicId: entityId, ...pageInput }),
  output: page(subscriberSchema),
  async handle(ctx, input) {
    const pages = readPage(input);
    const { rows, total } = await pageSubscribers(ctx.services.db, ctx.tenantId, requireUserId(input.topicId), pages);
    const data = rows.map(({ userId, createdAt }) => ({ userId, createdAt: createdAt.toISOString() }));
    return toPage(pages, total, data);
  },
});
