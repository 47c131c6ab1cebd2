import { z } from "zod";
import { callerId } from "../../caller.ts";
import { query } from "../../operation.ts";
import { countInbox } from "../inbox/store.ts";

export const countUnread = query({
  name: "notifications.countUnread",
  summary: "How many of the caller's notifications are unread",
  http: { method: "GET", path: "/Notifications/unread-count" },
  access: { caller: "user", scope: "notifications:read" },
  input: z.object({}),
  output: z.object({
    unreadCount: z.number().int(),
    count: z.number().int().describe("The same as unreadCount"),
    unseenCount: z.number().int(),
  }),
  async handle(ctx) {
    const { db } = ctx.services;
    const { unread, unseen } = await countInbox(db, ctx.tenantId, callerId(ctx), db.moment());
    return { unreadCount: unread, count: unread, unseenCount: unseen };
  },
});
