import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { requireId } from "../../ids.ts";
import type { Context } from "../../operation.ts";
import { entityId } from "../../schema.ts";
import { getChat } from "../chats/store.ts";
import { topicId } from "../topics/schema.ts";
import { getTopic } from "../topics/store.ts";
import type { Audience } from "./schema.ts";

/** An audience that is counted, not listed. */
export const groupFields = {
  topic: topicId.optional().describe("To the subscribers of a topic"),
  chatId: entityId.optional().describe("To the members of a chat"),
  everyone: z.boolean().optional().describe("To every user that the tenant knows"),
};

interface Wanted {
  userIds?: string[] | undefined;
  topic?: string | undefined;
  chatId?: string | undefined;
  everyone?: boolean | undefined;
}

interface Target {
  audience: Audience;
  audienceId?: string;
  /** Of the topic or the chat, where it has one. */
  name?: string;
}

/**
 * To whom a send to many goes. Throws `invalid` unless exactly one of the fields says so, and `not_found` for a topic or chat that is not
 * there, which it names: the call's address names neither.
 */
export async function readAudience(ctx: Context, wanted: Wanted, fields: readonly (keyof Wanted)[]): Promise<Target> {
  const [one, other] = fields.filter((field) => wanted[field] !== undefined && wanted[field] !== false);
  if (one === undefined || other !== undefined)
    throw new DomainError("invalid", { errors: { [fields[0] ?? ""]: [`say one of ${listOf(fields)}`] } });
  const { topic, chatId } = wanted;
  if (topic !== undefined) return requireThere("topic", () => ofTopic(ctx, topic));
  if (chatId !== undefined) return requireThere("chat", () => ofChat(ctx, chatId));
  return { audience: one === "everyone" ? "everyone" : "users" };
}

async function ofTopic({ services: { db }, tenantId }: Context, audienceId: string): Promise<Target> {
  const { name } = await getTopic(db.forTenant(tenantId), tenantId, audienceId);
  return { audience: "topic", audienceId, name };
}

async function ofChat({ services: { db }, tenantId }: Context, id: string): Promise<Target> {
  const audienceId = requireId(id);
  const { name } = await getChat(db, tenantId, audienceId);
  return { audience: "chat", audienceId, ...(name ? { name } : {}) };
}

async function requireThere(kind: "topic" | "chat", read: () => Promise<Target>): Promise<Target> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "not_found") throw error;
    throw new DomainError("not_found", { detail: `There is no such ${kind}` });
  }
}

function listOf(words: readonly string[]): string {
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
