import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { newId, requireId } from "../../ids.ts";
import { type Context, mutation } from "../../operation.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { entityId, limits, userId } from "../../schema.ts";
import { getChat } from "../chats/store.ts";
import { readContent } from "../notifications/policy.ts";
import { contentAliases, contentFields, personalFields } from "../notifications/schema.ts";
import { topicId } from "../topics/schema.ts";
import { getTopic } from "../topics/store.ts";
import { dueOf } from "./policy.ts";
import { runBatch } from "./run-batch.ts";
import { type Audience, batchSchema, presentBatch } from "./schema.ts";
import { countRecipients, insertBatch } from "./store.ts";

const input = z.object({
  userIds: z.array(userId).min(1).max(limits.recipients).optional().describe("To these users, each once"),
  topic: topicId.optional().describe("To the subscribers of a topic"),
  chatId: entityId.optional().describe("To the members of a chat"),
  everyone: z.boolean().optional().describe("To every user that the tenant knows"),
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
    const audience = await requireAudience(ctx, audienceOf(wanted));
    const { scheduledFor, scheduledForLocal: local } = wanted;
    const dueAt = dueOf(wanted, at);
    const { content } = await readContent(ctx, wanted, []);
    const recipients = [...new Set(wanted.userIds ?? [])];
    const id = newId();
    const made = await unitOfWork(
      db,
      tenantId,
      async (work) => {
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
      },
      ctx.idempotent,
    );
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

interface Target {
  audience: Audience;
  audienceId?: string;
}

/** Throws `invalid` unless it is exactly one. */
function audienceOf({ userIds, topic, chatId, everyone }: z.output<typeof input>): Target {
  const named: Target[] = [
    ...(userIds ? [{ audience: "users" as const }] : []),
    ...(topic === undefined ? [] : [{ audience: "topic" as const, audienceId: topic }]),
    ...(chatId === undefined ? [] : [{ audience: "chat" as const, audienceId: chatId }]),
    ...(everyone ? [{ audience: "everyone" as const }] : []),
  ];
  const [one, other] = named;
  if (one && !other) return one;
  throw new DomainError("invalid", { errors: { userIds: ["say one of userIds, topic, chatId and everyone"] } });
}

/** Throws `not_found` for a topic or chat that is not there, and says which: the call's address names neither. */
async function requireAudience({ services: { db }, tenantId }: Context, target: Target): Promise<Target> {
  const { audience, audienceId = "" } = target;
  try {
    if (audience === "topic") await getTopic(db.forTenant(tenantId), tenantId, audienceId);
    if (audience !== "chat") return target;
    const chatId = requireId(audienceId);
    await getChat(db, tenantId, chatId);
    return { audience, audienceId: chatId };
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "not_found") throw error;
    throw new DomainError("not_found", { detail: `There is no such ${audience}` });
  }
}
