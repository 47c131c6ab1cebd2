import { z } from "zod";
import { query } from "../../operation.ts";
import { readPage, toPage } from "../../persistence/paging.ts";
import { page, pageInput } from "../../schema.ts";
import { presentTopic, topicSchema } from "./schema.ts";
import { pageTopics } from "./store.ts";

export const listTopics = query({
  name: "topics.list",
  summary: "Topics and how many subscribe to each, in order of id",
  http: { method: "GET", path: "/admin/topics" },
  access: { caller: "admin", scope: "admin" },
  input: z.object(pageInput),
  output: page(topicSchema),
  async handle(ctx, input) {
    const pages = readPage(input);
    const { rows, total } = await pageTopics(ctx.services.db, ctx.tenantId, pages);
    return toPage(
      pages,
      total,
      rows.map(({ topic, subscribers }) => presentTopic(topic, subscribers)),
    );
  },
});
