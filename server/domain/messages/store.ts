import type { Pool } from "pg";
import type { TenantId } from "../../auth/principal.ts";
import { DomainError } from "../../errors.ts";
import type { Database } from "../../persistence/database.ts";
import type { Message as MessageRow } from "../../persistence/generated/client.ts";
import type { StoredMessage } from "./schema.ts";

/** A pool or one of its connections. */
export interface Queryable {
  query: Pool["query"];
}

// Hand-written SQL: the one read per delivered event of a client that fetches what it is told of; one round trip against four.
const columns = `id, chat_id as "chatId", seq, content, sender_id as "senderId", created_at as "createdAt", edited_at as "editedAt",
  deleted_at as "deletedAt", client_message_id as "clientMessageId", reply_to_id as "replyToId", metadata, mention_user_ids as "mentionUserIds"`;

/** A message of a chat that the user is in. Throws `not_found` for anything else. */
export async function getVisibleMessage(
  db: Database,
  tenantId: TenantId,
  userId: string,
  of: { chatId: string; messageId: string },
): Promise<StoredMessage> {
  const { rows } = await db.pool.query<MessageRow>({
    name: "find_visible_message_v1",
    text: `select ${columns} from find_visible_message_v1($1, $2, $3, $4)`,
    values: [tenantId, userId, of.chatId, of.messageId],
  });
  if (!rows[0]) throw new DomainError("not_found");
  return toMessage(rows[0]);
}

export interface SeqRange {
  /** Inclusive */
  from: number;
  /** Inclusive */
  to: number;
  limit: number;
  order: "asc" | "desc";
}

// Hand-written SQL: the one read per opened chat and scrolled page; begin, set, query, commit through Prisma would be four round trips.
const rangeSql = (order: "asc" | "desc") =>
  `select ${columns} from read_messages_v1($1, $2, $3, $4, $5, ${order === "desc"})`;

/** Messages by seq; the cost does not grow with the chat. */
export async function listMessages(
  db: Database,
  tenantId: TenantId,
  chatId: string,
  range: SeqRange,
): Promise<StoredMessage[]> {
  const { rows } = await db.pool.query<MessageRow>({
    name: `read_messages_v1_${range.order}`,
    text: rangeSql(range.order),
    values: [tenantId, chatId, range.from, range.to, range.limit],
  });
  return rows.map(toMessage);
}

/** Messages by id. Those that are not the tenant's are left out. */
export async function loadMessages(
  client: Queryable,
  tenantId: TenantId,
  ids: string[],
): Promise<Map<string, StoredMessage>> {
  const { rows } = await client.query<MessageRow>({
    name: "find_messages_v1",
    text: `select ${columns} from find_messages_v1($1, $2)`,
    values: [tenantId, ids],
  });
  return new Map(rows.map((row) => [row.id, toMessage(row)]));
}

/** Several messages by id, for lists that show the last one of each chat. */
export function findMessages(db: Database, tenantId: TenantId, ids: string[]): Promise<Map<string, StoredMessage>> {
  return ids.length === 0 ? Promise.resolve(new Map()) : loadMessages(db.pool, tenantId, ids);
}

type ReadRow = Pick<
  MessageRow,
  | "id"
  | "chatId"
  | "seq"
  | "content"
  | "senderId"
  | "createdAt"
  | "editedAt"
  | "deletedAt"
  | "clientMessageId"
  | "replyToId"
  | "metadata"
  | "mentionUserIds"
>;

function toMessage(row: ReadRow): StoredMessage {
  return {
    id: row.id,
    chatId: row.chatId,
    seq: Number(row.seq),
    content: row.content,
    senderId: row.senderId,
    createdAt: row.createdAt.toISOString(),
    metadata: (row.metadata ?? {}) as Record<string, unknown>,
    ...(row.editedAt ? { editedAt: row.editedAt.toISOString() } : {}),
    ...(row.deletedAt ? { deletedAt: row.deletedAt.toISOString() } : {}),
    ...(row.clientMessageId ? { clientMessageId: row.clientMessageId } : {}),
    ...(row.replyToId ? { replyToId: row.replyToId } : {}),
    ...(row.mentionUserIds.length > 0 ? { mentionUserIds: row.mentionUserIds } : {}),
  };
}

/** Earlier versions of a message, oldest first, and how many there are. */
export async function listEdits(
  db: Database,
  tenantId: TenantId,
  messageId: string,
  page: { offset: number; pageSize: number },
) {
  const where = { tenantId, messageId };
  const client = db.forTenant(tenantId);
  const total = await client.messageEdit.count({ where });
  const rows = await client.messageEdit.findMany({
    where,
    orderBy: { version: "asc" },
    skip: page.offset,
    take: page.pageSize,
  });
  const edits = rows.map((row) => ({
    version: row.version,
    content: row.content,
    metadata: (row.metadata ?? {}) as Record<string, unknown>,
    editedBy: row.editedBy,
    editedAt: row.editedAt.toISOString(),
  }));
  return { total, edits };
}

/** What edited messages said before, oldest version first; at most 50 of each are kept in view. */
export async function listEditsOf(db: Database, tenantId: TenantId, messageIds: string[]) {
  const rows =
    messageIds.length === 0
      ? []
      : await db.forTenant(tenantId).messageEdit.findMany({
          where: { tenantId, messageId: { in: messageIds }, version: { lte: 50 } },
          orderBy: [{ messageId: "asc" }, { version: "asc" }],
        });
  const edits = new Map<string, { version: number; content: string; editedBy: string; editedAt: string }[]>();
  for (const { messageId, version, content, editedBy, editedAt } of rows) {
    const edit = { version, content, editedBy, editedAt: editedAt.toISOString() };
    edits.set(messageId, [...(edits.get(messageId) ?? []), edit]);
  }
  return edits;
}
