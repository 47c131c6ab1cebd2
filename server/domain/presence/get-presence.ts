import { z } from "zod";
import { callerId } from "../../caller.ts";
import { requireId } from "../../ids.ts";
import { presenceChatSize } from "../../log-channels.ts";
import { type Context, query } from "../../operation.ts";
import { entityId } from "../../schema.ts";
import { getMemberChat } from "../chats/store.ts";
import { listMemberIds } from "../members/store.ts";
import { mostUsers, readUserIds, userIdsInput } from "../users/schema.ts";
import { presenceSchema } from "./schema.ts";
import { filterAcquainted } from "./store.ts";

export const getPresence = query({
  name: "presence.get",
  summary:
    "Who is there: of a chat (of one with more than 1,000 members the first 1,000 by their ids), or of up to 200 users one shares a chat with",
  http: { method: "GET", path: "/presence" },
  access: { caller: "user", scope: "users:read" },
  input: z.object({
    chatId: entityId.optional(),
    userIds: userIdsInput.optional(),
  }),
  output: z.object({ data: z.array(presenceSchema) }),
  async handle(ctx, input) {
    const { db } = ctx.services;
    const caller = callerId(ctx);
    if (input.chatId !== undefined) {
      const chat = await getMemberChat(db, ctx.tenantId, caller, requireId(input.chatId));
      return { data: await look(ctx, await listMemberIds(db, ctx.tenantId, chat.id, presenceChatSize)) };
    }
    const wanted = readUserIds(input.userIds, `name 1 to ${mostUsers} users, or a chat`);
    return { data: await look(ctx, await filterAcquainted(db, ctx.tenantId, caller, wanted)) };
  },
});

/** Where the tenant does not show who is there, one still sees oneself. */
async function look(ctx: Context, userIds: string[]) {
  const { live, security } = ctx.services;
  const shown = (await security.snapshot(ctx.tenantId))?.settings.presence;
  return await live.presence(ctx.tenantId, shown ? userIds : userIds.filter((id) => id === callerId(ctx)));
}
