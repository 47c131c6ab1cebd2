import type { TenantId } from "../server/auth/principal.ts";
import { newId } from "../server/ids.ts";
import type { Database } from "../server/persistence/database.ts";
import { unitOfWork } from "../server/persistence/unit-of-work.ts";

/** A group chat with these members; the first one made it. */
export async function makeChat(db: Database, tenantId: TenantId, userIds: string[]): Promise<string> {
  const chatId = newId();
  await unitOfWork(db, tenantId, async ({ tx, lockHead, emit }) => {
    await tx.chat.create({ data: { tenantId, id: chatId, kind: "group", createdBy: userIds[0] ?? "" } });
    await tx.member.createMany({ data: userIds.map((userId) => ({ tenantId, chatId, userId })) });
    await lockHead();
    await tx.chatHead.create({ data: { tenantId, chatId, memberCount: userIds.length } });
    const fromPosition = emit({ type: "chat.created", chatId, payload: {} });
    const spans = userIds.map((userId) => ({ tenantId, chatId, userId, fromPosition }));
    await tx.membershipSpan.createMany({ data: spans });
  });
  return chatId;
}
