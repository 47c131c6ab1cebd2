import { z } from "zod";
import { callerId } from "../../caller.ts";
import { query } from "../../operation.ts";
import { markPosition } from "../events/mark-position.ts";
import { countAll } from "./store.ts";

const count = z.number().int();

export const getCounters = query({
  name: "inbox.getCounters",
  summary: "Everything that is unread of the caller: chats, mentions, inbox",
  http: { method: "GET", path: "/counters", says: ["X-Event-Cursor"] },
  access: { caller: "user", scope: "notifications:read" },
  input: z.object({}),
  output: z
    .object({
      chats: z.object({
        unread: count.describe("Chats with something unread"),
        unreadMessages: count.describe("Up to 100 a chat, as the list of chats says"),
        mutedMessages: count.describe(
          "How many of them a badge leaves out: those in chats that the caller has muted, but for mentions where these still count",
        ),
      }),
      mentions: z.object({ unread: count.describe("Unread messages that mention the caller; up to 100 a chat") }),
      inbox: z.object({ unread: count, unseen: count }),
    })
    .meta({ id: "Counters" }),
  async handle(ctx) {
    const { db } = ctx.services;
    await markPosition(ctx);
    const counted = await countAll(db, ctx.tenantId, callerId(ctx), db.moment());
    return {
      chats: { unread: counted.chats, unreadMessages: counted.messages, mutedMessages: counted.muted },
      mentions: { unread: counted.mentions },
      inbox: { unread: counted.unread, unseen: counted.unseen },
    };
  },
});
