import { chatApi } from "./rest.ts";
import type { Chat, Demo, DemoUser } from "./types.ts";

export interface Pair {
  chat: Chat;
  users: [DemoUser, DemoUser];
}

/** The first two people of the demo who share a group chat, and the liveliest such chat. Null when no two do. */
export async function findPair({ tenantId, users }: Demo): Promise<Pair | null> {
  for (const user of users) {
    const api = chatApi(tenantId, user.token);
    const chats = await api.listChats();
    for (const chat of chats.data.filter(({ kind }) => kind === "group")) {
      const members = new Set((await api.listMembers(chat.id)).data.map(({ userId }) => userId));
      const other = users.find(({ userId }) => userId !== user.userId && members.has(userId));
      if (other) return { chat, users: [user, other] };
    }
  }
  return null;
}
