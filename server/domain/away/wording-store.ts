import type { TenantId } from "../../auth/principal.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import type { StoredNotification } from "../notifications/schema.ts";
import { type Quote, quoted } from "./schema.ts";

// Hand-written SQL: a look at every notice of a chat, and one round trip under the head for the words of a hundred.

/** A notice that is out and what it quotes. */
export interface Told {
  userId: string;
  notificationId: string;
  fromSeq: number;
  toSeq: number;
  messages: Quote[];
}

/** The notices of a chat that quote the message of a place, so many at most after a user. */
export async function findTelling(
  tx: TenantTransaction,
  tenantId: TenantId,
  of: { chatId: string; seq: number; after: string; limit: number },
): Promise<Told[]> {
  const { chatId, seq, after, limit } = of;
  // What it tells of without quoting it has enough of what came later. The notification's words are a value, which is no join: see lockStale.
  const rows = await tx.$queryRaw<(Omit<Told, "messages"> & { messages: Quote[] | null })[]>`
    select a.user_id as "userId", a.notification_id as "notificationId", a.from_seq::float8 as "fromSeq", a.to_seq::float8 as "toSeq",
      (select n.metadata -> 'messages' from notifications n where n.tenant_id = ${tenantId} and n.id = a.notification_id) as messages
    from (select * from away_notices w
      where w.tenant_id = ${tenantId} and w.chat_id = ${chatId}::uuid and w.notification_id is not null and w.user_id > ${after}
        and ${seq}::bigint between w.from_seq and w.to_seq
        and not exists (select from messages g where g.tenant_id = ${tenantId} and g.chat_id = ${chatId}::uuid and g.seq > ${seq}::bigint
          and g.seq <= w.to_seq and g.deleted_at is null and g.sender_id <> w.user_id offset ${quoted - 1})
      order by w.user_id limit ${limit}) a
    order by a.user_id`;
  return rows.map(({ messages, ...told }) => ({ ...told, messages: messages ?? [] }));
}

/** What a notice says from now on; of the same messages. */
export interface Wording {
  notificationId: string;
  message: string;
  messages: Quote[];
}

/**
 * Puts notices that are there, and say something else, and what is kept of their mail into other words. Answers the notices as they are now.
 * Under the head, so that nothing is edited meanwhile, and after `shareHolding`, so that no mail of them is being planned.
 */
export async function saveWordings(
  tx: TenantTransaction,
  tenantId: TenantId,
  wordings: Wording[],
): Promise<StoredNotification[]> {
  const input = wordings.map(({ notificationId, message, messages }) => ({
    i: notificationId,
    m: message,
    q: messages,
  }));
  const rows = await tx.$queryRaw<{ payload: StoredNotification }[]>`
    select payload from reword_notices_v1(${tenantId}, ${JSON.stringify(input)}::json) as payload`;
  return rows.map(({ payload }) => payload);
}
