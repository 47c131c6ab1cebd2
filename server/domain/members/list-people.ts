import { z } from "zod";
import { callerId } from "../../caller.ts";
import { requireId } from "../../ids.ts";
import { query } from "../../operation.ts";
import { entityId } from "../../schema.ts";
import { getMemberChat } from "../chats/store.ts";
import { chatPersonSchema, readUserIds, userIdsInput } from "../users/schema.ts";
import { findPeople } from "../users/store.ts";
import { presentMemberUser } from "./schema.ts";
import { keepEverMembers } from "./store.ts";

export const listPeople = query({
  name: "members.listPeople",
  summary: "Who some users are that are or were in a chat, such as those whom events name; others are left out",
  http: { method: "GET", path: "/Chat/{chatId}/people" },
  access: { caller: "user", scope: "chats:read" },
  input: z.object({ chatId: entityId, userIds: userIdsInput }),
  output: z.object({ data: z.array(chatPersonSchema) }),
  async handle(ctx, input) {
    const { db } = ctx.services;
    const chatId = requireId(input.chatId);
    await getMemberChat(db, ctx.tenantId, callerId(ctx), chatId);
    const userIds = await keepEverMembers(db, ctx.tenantId, chatId, readUserIds(input.userIds));
    const people = new Map((await findPeople(db, ctx.tenantId, userIds)).map((one) => [one.userId, one]));
    return { data: userIds.map((userId) => presentMemberUser(userId, people.get(userId))) };
  },
});
