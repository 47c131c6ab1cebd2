import { Api, tenantAddress } from "../../client/api.ts";
import { TokenKeeper } from "../../client/token-keeper.ts";
import type { Chat, Demo, DemoUser, Member } from "../../client/types.ts";

export interface Pair {
  chat: Chat;
  users: [DemoUser, DemoUser];
}

/** The first two people of the demo who share a group chat, and the liveliest such chat. Null when no two do. */
export async function findPair({ tenantId, users }: Demo): Promise<Pair | null> {
  for (const user of users) {
    const api = new Api({
      address: tenantAddress(location.origin, tenantId),
      tokens: new TokenKeeper(() => user.token),
    });
    const { body } = await api.call("chats.list", { pageSize: 50 });
    for (const chat of (body.data as Chat[]).filter(({ kind }) => kind === "group")) {
      const page = await api.call("members.list", { chatId: chat.id, expand: true, pageSize: 50 });
      const members = new Set((page.body.data as Member[]).map(({ userId }) => userId));
      const other = users.find(({ userId }) => userId !== user.userId && members.has(userId));
      if (other) return { chat, users: [user, other] };
    }
  }
  return null;
}
