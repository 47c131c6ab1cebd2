import { z } from "zod";
import { ChannelGrants } from "../../auth/channel-grant.ts";
import { callerId } from "../../caller.ts";
import { DomainError } from "../../errors.ts";
import { isReservedName, presenceChatSize, readReservedName } from "../../log-channels.ts";
import { type Context, mutation } from "../../operation.ts";
import { cursor } from "../../schema.ts";
import { getMemberChat } from "../chats/store.ts";
import { findUser } from "../users/store.ts";
import { socketId } from "./schema.ts";

export const authorizeChannel = mutation({
  name: "pusherApps.authorizeChannel",
  summary: "Leave for a socket of a Pusher client to listen to one of the reserved channels as the caller",
  http: {
    method: "POST",
    path: "/pusher/auth",
    form: true,
    aliases: { socketId: "socket_id", channelName: "channel_name", lastEventId: "since" },
  },
  access: { caller: "user", scope: "events:read" },
  input: z.object({
    socket_id: socketId,
    channel_name: z.string().max(300),
    since: cursor.optional().describe("Resume after this event id"),
  }),
  output: z.object({ auth: z.string(), channel_data: z.string().optional() }),
  errors: ["not_found", "forbidden"],
  ownIdempotency: true, // nothing is stored, so a repeat is the same as the first
  async handle(ctx, { socket_id, channel_name, since }) {
    const { principal, services, tenantId } = ctx;
    const snapshot = await services.security.snapshot(tenantId);
    const app = snapshot?.pusherApp;
    if (!app?.enabled) throw new DomainError("not_found", { detail: "The tenant has no Pusher app that is enabled" });
    await requireListener(ctx, channel_name, snapshot?.settings.presence ?? false);
    const grant = { socketId: socket_id, channel: channel_name, principal, since: since || undefined };
    const auth = `${app.key}:${new ChannelGrants(services.settings.authSecret).sign(grant)}`;
    const member = channel_name.startsWith("presence-") ? await describeMember(ctx) : undefined;
    return { auth, ...(member ? { channel_data: JSON.stringify(member) } : {}) };
  },
});

/** Throws `forbidden` for a channel that is not the caller's to listen to, `not_found` for a chat that it is not in. */
async function requireListener(ctx: Context, channel: string, showsPresence: boolean): Promise<void> {
  const name = readReservedName(channel);
  const caller = callerId(ctx);
  if (!name && isReservedName(channel))
    throw new DomainError("not_found", { detail: "A chat's channel ends with its id, in lower case" });
  if (!name)
    throw new DomainError("forbidden", { detail: "Other channels than the log's are your own backend's to sign" });
  if (name.kind === "user") {
    if (name.id !== caller) throw new DomainError("forbidden", { detail: "That is another user's channel" });
    return;
  }
  const chat = await getMemberChat(ctx.services.db, ctx.tenantId, caller, name.id);
  if (name.kind === "presence" && (!showsPresence || chat.memberCount > presenceChatSize))
    throw new DomainError("forbidden", { detail: "Presence is not shown in this chat" });
}

async function describeMember(ctx: Context) {
  const userId = callerId(ctx);
  const profile = await findUser(ctx.services.db, ctx.tenantId, userId);
  return { user_id: userId, user_info: { displayName: profile?.displayName ?? null } };
}
