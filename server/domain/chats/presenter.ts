import type { TenantId } from "../../auth/principal.ts";
import type { Database } from "../../persistence/database.ts";
import { presentMessage, type StoredMessage } from "../messages/schema.ts";
import { findMessages } from "../messages/store.ts";
import type { Chat, MemberChat, PublicChat } from "./schema.ts";

/** A chat as its member sees it. */
function presentChat(chat: MemberChat, lastMessage?: StoredMessage): Chat {
  return {
    ...publicChat(chat),
    unreadCount: chat.unread,
    lastReadSeq: chat.lastReadSeq,
    role: chat.role,
    ...(chat.mutedUntil && chat.mutedUntil.getTime() > Date.now() ? { mutedUntil: chat.mutedUntil.toISOString() } : {}),
    notifications: presentMute(chat),
    ...(lastMessage ? { lastMessage: presentMessage(lastMessage) } : {}),
  };
}

/** What a member wants to hear of a chat. */
export function presentMute<M extends string>({
  notifyMute,
  notifyUntil,
}: {
  notifyMute: M;
  notifyUntil: Date | null;
}) {
  return { mute: notifyMute, ...(notifyUntil ? { until: notifyUntil.toISOString() } : {}) };
}

/** Several chats with their last messages, in two reads however many there are. */
export async function presentChats(db: Database, tenantId: TenantId, chats: MemberChat[]): Promise<Chat[]> {
  const ids = chats.flatMap((chat) => (chat.lastMessageId ? [chat.lastMessageId] : []));
  const last = await findMessages(db, tenantId, ids);
  return chats.map((chat) => presentChat(chat, chat.lastMessageId ? last.get(chat.lastMessageId) : undefined));
}

/** What everybody in the chat may know of it: the payload of chat.* events. */
export function publicChat(chat: PublicChat) {
  return {
    id: chat.id,
    name: chat.name ?? "",
    createdAt: chat.createdAt.toISOString(),
    createdBy: chat.createdBy,
    memberCount: chat.memberCount,
    kind: chat.kind,
    policy: chat.policy,
    frozen: chat.frozen,
    metadata: chat.metadata,
    lastSeq: chat.lastSeq,
  };
}
