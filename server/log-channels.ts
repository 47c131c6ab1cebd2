import { isId } from "./ids.ts";

/** Presence is not told in larger chats: a change would cost a write a member. */
export const presenceChatSize = 1000;

/** A Pusher channel that carries the tenant's log. */
export interface ReservedName {
  kind: "chat" | "presence" | "user";
  /** Of the chat, or of the user. */
  id: string;
}

const prefixes = { "private-chat-": "chat", "presence-chat-": "presence", "private-user-": "user" } as const;

/** Whether nobody but the service may publish on a channel, whatever follows its prefix. */
export function isReservedName(channel: string): boolean {
  return Object.keys(prefixes).some((prefix) => channel.startsWith(prefix));
}

/** What a reserved channel is about; undefined for others, and for one of a chat that cannot be. */
export function readReservedName(channel: string): ReservedName | undefined {
  for (const [prefix, kind] of Object.entries(prefixes)) {
    if (!channel.startsWith(prefix)) continue;
    const id = channel.slice(prefix.length);
    return kind === "user" || (isId(id) && id === id.toLowerCase()) ? { kind, id } : undefined;
  }
  return undefined;
}
