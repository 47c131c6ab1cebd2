import { z } from "zod";
import { query } from "../../operation.ts";
import { listInForms, readNameCursor } from "../../persistence/cursor-form.ts";
import { cursorPage, nameCursorInput, page, pageInput } from "../../schema.ts";
import { presentTopic, topicSchema } from "./schema.ts";
import { countTopics, listTopicsBetween } from "./store.ts";

export const listTopics = query({
  name: "topics.list",
  summary: "Topics and how many subscribe to each, in order of id",
  http: { method: "GET", path: "/admin/topics" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ ...pageInput, ...nameCursorInput }),
  output: z.union([page(topicSchema), cursorPage(topicSchema)]),
  errors: ["cursor_invalid"],
  async handle(ctx, input) {
    const { db } = ctx.services;
    return listInForms(input, {
      onward: "after",
      read: readNameCursor,
      load: (span) => listTopicsBetween(db, ctx.tenantId, span),
      write: ({ topic }) => topic.id,
      count: () => countTopics(db, ctx.tenantId),
      present: (rows) => rows.map(({ topic, subscribers }) => presentTopic(topic, subscribers)),
    });
  },
});
