import { z } from "zod";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { instant, onlyNew, text } from "../../schema.ts";
import { presentTopic, topicId, topicSchema } from "./schema.ts";
import { countSubscribers, saveTopic } from "./store.ts";

export const putTopic = mutation({
  name: "topics.put",
  summary: "Make a topic, or name it anew",
  http: { method: "PUT", path: "/admin/topics/{topicId}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({
    topicId,
    name: text(200).trim().min(1).optional().describe("Shown to people; the id unless given"),
    onlyNew,
    onlyIf: instant
      .optional()
      .describe("The `createdAt` of what is named anew: refused with `conflict` if it was deleted since"),
  }),
  output: topicSchema,
  errors: ["conflict"],
  async handle(ctx, { topicId: id, name = id, onlyNew, onlyIf }) {
    const { now } = ctx.services;
    return await workOf(ctx, async ({ tx }) => {
      const row = await saveTopic(tx, ctx.tenantId, { id, name, onlyNew, onlyIf, now: new Date(now()) });
      return presentTopic(row, await countSubscribers(tx, ctx.tenantId, id));
    });
  },
});
