import { z } from "zod";
import { requireUserId } from "../../ids.ts";
import { type Context, query } from "../../operation.ts";
import { listInForms, readNameCursor } from "../../persistence/cursor-form.ts";
import { cursorPage, entityId, nameCursorInput, page, pageInput } from "../../schema.ts";
import { findDisplayNames } from "../users/store.ts";
import { presentSubscriber, subscriberSchema } from "./schema.ts";
import { countSubscribers, listSubscribersBetween } from "./store.ts";

export const listSubscribers = query({
  name: "topics.listSubscribers",
  summary: "Who subscribes to a topic, in order of user id",
  http: { method: "GET", path: "/admin/topics/{topicId}/subscribers" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ topicId: entityId, ...pageInput, ...nameCursorInput }),
  output: z.union([page(subscriberSchema), cursorPage(subscriberSchema)]),
  errors: ["cursor_invalid"],
  async handle(ctx, input) {
    const { db } = ctx.services;
    const topicId = requireUserId(input.topicId);
    return listInForms(input, {
      onward: "after",
      read: readNameCursor,
      load: (span) => listSubscribersBetween(db, ctx.tenantId, topicId, span),
      write: ({ userId }) => userId,
      count: () => countSubscribers(db.forTenant(ctx.tenantId), ctx.tenantId, topicId),
      present: (rows) => present(ctx, rows),
    });
  },
});

async function present({ services: { db }, tenantId }: Context, rows: { userId: string; createdAt: Date }[]) {
  const userIds = rows.map(({ userId }) => userId);
  const names = await findDisplayNames(db, tenantId, userIds);
  return rows.map((row) => presentSubscriber(row, names.get(row.userId)));
}
