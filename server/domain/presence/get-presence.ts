import { z } from "zod";
import { callerId } from "../../caller.ts";
import { DomainError } from "../../errors.ts";
import { requireId } from "../../ids.ts";
import { presenceChatSize } from "../../log-channels.ts";
import { type Context, query } from "../../operation.ts";
import { entityId, userId } from "../../schema.ts";
import { getMemberChat } from "../chats/store.ts";
import { listMemberIds } from "../members/store.ts";
import { presenceSchema } from "./schema.ts";
import { filterAcquainted } from "./store.ts";

/** Of those who are named. */
const most = 200;

export const getPresence = query({
  name: "presence.get",
  summary:
    "Who is there: of a chat (of one with more than 1,000 members the first 1,000 by their ids), or of up to 200 users one shares a chat with",
  http: { method: "GET", path: "/presence" },
  access: { caller: "user", scope: "users:read" },
  input: z.object({
    chatId: entityId.optional(),
    userIds: z
      .union([z.array(userId).max(most), z.string().max(20_000)])
      .optional()
      .describe("A list; in the address repeated, or separated by commas"),
  }),
  output: z.object({ data: z.array(presenceSchema) }),
  async handle(ctx, input) {
    const { db } = ctx.services;
    const caller = callerId(ctx);
    if (input.chatId !== undefined) {
      const chat = await getMemberChat(db, ctx.tenantId, caller, requireId(input.chatId));
      return { data: await look(ctx, await listMemberIds(db, ctx.tenantId, chat.id, presenceChatSize)) };
    }
    const wanted = readUserIds(input.userIds);
    return { data: await look(ctx, await filterAcquainted(db, ctx.tenantId, caller, wanted)) };
  },
});

/** Where the tenant does not show who is there, one still sees oneself. */
async function look(ctx: Context, userIds: string[]) {
  const { live, security } = ctx.services;
  const shown = (await security.snapshot(ctx.tenantId))?.settings.presence;
  return await live.presence(ctx.tenantId, shown ? userIds : userIds.filter((id) => id === callerId(ctx)));
}

const wantedUsers = z.array(userId).min(1).max(most);

function readUserIds(given: string | string[] = []): string[] {
  const wanted = wantedUsers.safeParse(typeof given === "string" ? given.split(",").filter(Boolean) : given);
  if (wanted.success) return wanted.data;
  throw new DomainError("invalid", { errors: { userIds: [`name 1 to ${most} users, or a chat`] } });
}
