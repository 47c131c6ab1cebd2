import { z } from "zod";
import { newId } from "../../ids.ts";
import { type Context, mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { limits, userId } from "../../schema.ts";
import { readContent } from "../notifications/policy.ts";
import { contentAliases, contentFields, personalFields } from "../notifications/schema.ts";
import { dueOf } from "./policy.ts";
import { groupFields, readAudience } from "./read-audience.ts";
import { runBatch } from "./run-batch.ts";
import { batchSchema, presentBatch } from "./schema.ts";
import { countRecipients, insertBatch } from "./store.ts";

const input = z.object({
  userIds: z.array(userId).min(1).max(limits.recipients).optional().describe("To these users, each once"),
  ...groupFields,
  ...contentFields,
});

/** Of the first step, done by the node that accepts: small, so that the first recipients hear of it at once. */
const firstStep = 50;

export const createBatch = mutation({
  name: "batches.create",
  summary: "Tell many users something: a list of them, a topic's subscribers, a chat's members or everyone",
  http: {
    method: "POST",
    path: "/Notifications/bulk",
    status: 201,
    bodyBytes: limits.recipientsBytes,
    aliases: { ...contentAliases, recipients: "userIds", recipientUserIds: "userIds", topicId: "topic" },
  },
  access: { caller: "admin", scope: "notifications:write" },
  input,
  output: batchSchema,
  personal: [...personalFields, "variables"],
  async handle(ctx, wanted) {
    const { db } = ctx.services;
    const { tenantId } = ctx;
    const at = await db.now();
    const { name: _name, ...audience } = await readAudience(ctx, wanted, ["userIds", "topic", "chatId", "everyone"]);
    const { scheduledFor, scheduledForLocal: local } = wanted;
    const dueAt = dueOf(wanted, at);
    const { content } = await readContent(ctx, wanted, []);
    const recipients = [...new Set(wanted.userIds ?? [])];
    const id = newId();
    const made = await workOf(ctx, async (work) => {
      const total = wanted.userIds ? recipients.length : await countRecipients(work.tx, tenantId, audience);
      const row = await insertBatch(work, tenantId, {
        id,
        ...audience,
        content,
        recipients,
        total,
        scheduledFor: scheduledFor ? new Date(scheduledFor) : undefined,
        scheduledLocal: local,
        dueAt,
        createdAt: new Date(at),
      });
      return presentBatch(row);
    });
    if ("id" in made && made.status === "running") begin(ctx, id, at);
    return made;
  },
});

/** The worker goes on from wherever this gets to, and would do it all if this process died now. */
function begin({ services: { db }, tenantId, log }: Context, id: string, now: number): void {
  runBatch(db, tenantId, id, now, firstStep).catch((error: unknown) =>
    log.warn({ err: error, batchId: id }, "the first step of a send to many failed; a worker tries again"),
  );
}
