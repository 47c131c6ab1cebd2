import { z } from "zod";
import { callerId } from "../../caller.ts";
import { requireId } from "../../ids.ts";
import { query } from "../../operation.ts";
import { readPage, toPage } from "../../persistence/paging.ts";
import { entityId, page, pageInput } from "../../schema.ts";
import { getMemberChat } from "../chats/store.ts";
import { markPosition } from "../events/mark-position.ts";
import { memberSchema, presentMemberUser } from "./schema.ts";
import { listMembers as loadMembers } from "./store.ts";

export const listMembers = query({
  name: "members.list",
  summary: "Who is in a chat: user ids, or whole members with expand",
  http: { method: "GET", path: "/Chat/{chatId}/members" },
  access: { caller: "user", scope: "chats:read" },
  input: z.object({ chatId: entityId, expand: z.boolean().optional(), ...pageInput }),
  output: z.union([page(z.string()), page(memberSchema)]),
  async handle(ctx, input) {
    const chatId = requireId(input.chatId);
    await markPosition(ctx);
    const chat = await getMemberChat(ctx.services.db, ctx.tenantId, callerId(ctx), chatId);
    const pages = readPage(input);
    const members = await loadMembers(ctx.services.db, ctx.tenantId, chatId, pages);
    if (!input.expand)
      return toPage(
        pages,
        chat.memberCount,
        members.map((member) => member.userId),
      );
    const data = members.map(({ userId, role, joinedAt, lastReadSeq, mutedUntil, user }) => ({
      userId,
      role: role as "owner" | "moderator" | "member",
      joinedAt: joinedAt.toISOString(),
      lastReadSeq: Number(lastReadSeq),
      ...(mutedUntil && mutedUntil.getTime() > Date.now() ? { mutedUntil: mutedUntil.toISOString() } : {}),
      user: presentMemberUser(userId, user),
    }));
    return toPage(pages, chat.memberCount, data);
  },
});
