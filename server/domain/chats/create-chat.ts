import { z } from "zod";
import { callerId } from "../../caller.ts";
import { DomainError } from "../../errors.ts";
import { newId } from "../../ids.ts";
import { type Context, mutation } from "../../operation.ts";
import { type Work, workOf } from "../../persistence/unit-of-work.ts";
import { limits, metadata, namedUserId, text } from "../../schema.ts";
import { addMembers } from "../members/store.ts";
import { presentChats, publicChat } from "./presenter.ts";
import { type Chat, chatSchema } from "./schema.ts";
import { findDirectChatId, getMemberChat } from "./store.ts";

const input = z.object({
  name: text(limits.chatName).optional(),
  memberUserIds: z.array(namedUserId).max(limits.membersPerCall).default([]),
  kind: z.enum(["group", "direct"]).default("group"),
  policy: z.enum(["open", "moderated"]).default("open"),
  metadata: metadata.default({}),
});

export const createChat = mutation({
  name: "chats.create",
  summary: "Make a chat; the caller is a member of it. A direct chat of two that exists is answered again",
  http: {
    method: "POST",
    path: "/Chat",
    status: 201,
    finds: true,
    aliases: { userIds: "memberUserIds", members: "memberUserIds" },
  },
  access: { caller: "user", scope: "chats:write" },
  input,
  output: chatSchema,
  async handle(ctx, wanted) {
    const caller = callerId(ctx);
    const memberIds = [...new Set([caller, ...wanted.memberUserIds])];
    if (wanted.kind === "direct" && memberIds.length !== 2)
      throw new DomainError("invalid", { errors: { memberUserIds: ["a direct chat is with exactly one other user"] } });
    if (wanted.kind === "direct" && wanted.policy !== "open")
      throw new DomainError("invalid", { errors: { policy: ["a direct chat is open"] } });
    const directKey = wanted.kind === "direct" ? JSON.stringify([...memberIds].sort()) : null;
    const make = (existing?: Chat) =>
      workOf(
        ctx,
        async (work) => existing ?? (await create(ctx, work, { ...wanted, memberIds, directKey, createdBy: caller })),
      );
    // A chat that is there needs no work, unless an idempotency key has to be held with it.
    const found = directKey ? await existingDirect(ctx, directKey) : undefined;
    if (found && !ctx.idempotent) return found;
    try {
      return await make(found);
    } catch (error) {
      // Both of the two made it at once: the other one's is the chat.
      const existing = directKey && isUniqueViolation(error) ? await existingDirect(ctx, directKey) : undefined;
      if (existing) return await make(existing);
      throw error;
    }
  },
});

async function existingDirect(ctx: Context, directKey: string): Promise<Chat | undefined> {
  const { db } = ctx.services;
  const id = await findDirectChatId(db, ctx.tenantId, directKey);
  if (!id) return undefined;
  ctx.reply.status = 200;
  const [chat] = await presentChats(db, ctx.tenantId, [await getMemberChat(db, ctx.tenantId, callerId(ctx), id)]);
  return chat;
}

type Wanted = z.output<typeof input> & { memberIds: string[]; directKey: string | null; createdBy: string };

async function create(ctx: Context, work: Work, wanted: Wanted): Promise<Chat> {
  const shown = await makeChat(ctx, work, wanted);
  return { ...shown, unreadCount: 0, lastReadSeq: 0, role: "owner", notifications: { mute: "none" } };
}

/** Makes a chat with its members within a unit of work; `createdBy` owns it. */
export async function makeChat({ tenantId }: Context, { tx, lockHead, emit }: Work, wanted: Wanted) {
  const { createdBy } = wanted;
  const id = newId();
  const { name = null, kind, policy, metadata, directKey, memberIds } = wanted;
  const row = await tx.chat.create({ data: { tenantId, id, kind, name, policy, metadata, directKey, createdBy } });
  await lockHead();
  await tx.chatHead.create({ data: { tenantId, chatId: id, memberCount: memberIds.length } });
  const shown = publicChat({
    id,
    kind,
    name,
    policy,
    frozen: false,
    metadata,
    createdBy,
    createdAt: row.createdAt,
    lastSeq: 0,
    memberCount: memberIds.length,
  });
  const fromPosition = emit({ type: "chat.created", chatId: id, payload: shown, internal: { memberIds } });
  const members = memberIds.map((userId) => ({
    chatId: id,
    userId,
    role: userId === createdBy ? ("owner" as const) : ("member" as const),
    fromPosition,
    lastReadSeq: 0,
  }));
  await addMembers(tx, tenantId, members);
  return shown;
}

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && (error as Error & { code?: unknown }).code === "P2002";
}
