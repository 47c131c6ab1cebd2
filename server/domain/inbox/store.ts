import type { TenantId } from "../../auth/principal.ts";
import type { Database } from "../../persistence/database.ts";
import { present, toMoment } from "../../persistence/present.ts";

// Hand-written SQL: badges ask for these at every start and event; nothing is kept beside the rows that are counted, so nothing can
// disagree with them.

export interface InboxCounts {
  unread: number;
  unseen: number;
}

export interface Counters extends InboxCounts {
  /** Chats with something unread */
  chats: number;
  /** Up to 100 a chat */
  messages: number;
  /** How many of these make no sign, as the user has muted their chats */
  muted: number;
  /** Unread messages that mention the user; up to 100 a chat */
  mentions: number;
}

/** What is unread and unseen in a user's inbox. `now` in ms since 1970; Postgres' clock without. */
export async function countInbox(db: Database, tenantId: TenantId, userId: string, now?: number): Promise<InboxCounts> {
  const { rows } = await db.pool.query<InboxCounts>({
    name: "inbox_counts_v1",
    text: `select unread, unseen from inbox_counts_v1($1, $2, ${present(3)})`,
    values: [tenantId, userId, toMoment(now)],
  });
  return rows[0] ?? { unread: 0, unseen: 0 };
}

/** Everything that is unread of a user, in chats and inbox. `now` in ms since 1970; Postgres' clock without. */
export async function countAll(db: Database, tenantId: TenantId, userId: string, now?: number): Promise<Counters> {
  const { rows } = await db.pool.query<Counters>({
    name: "counters_v2",
    text: `select chats, messages, muted, mentions, unread, unseen from counters_v2($1, $2, ${present(3)})`,
    values: [tenantId, userId, toMoment(now)],
  });
  return rows[0] ?? { chats: 0, messages: 0, muted: 0, mentions: 0, unread: 0, unseen: 0 };
}
