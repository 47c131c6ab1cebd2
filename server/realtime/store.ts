import type { Pool } from "pg";
import type { TenantId } from "../auth/principal.ts";
import type { PresenceState } from "../services.ts";

// Hand-written SQL: presence of many users is written and read in one round trip a tenant, twenty times a second at worst.

export interface PresenceChange {
  userId: string;
  state: "online" | "away" | "gone";
}

/** Writes who is connected on a node, and when those who left were last seen. */
export async function putPresence(
  pool: Pool,
  tenantId: TenantId,
  nodeId: string,
  changes: PresenceChange[],
): Promise<void> {
  const input = JSON.stringify(changes.map((change) => ({ u: change.userId, s: change.state })));
  await pool.query({
    name: "put_presence_v1",
    text: "select put_presence_v1($1, $2, $3)",
    values: [tenantId, nodeId, input],
  });
}

/** The state of users over all live nodes. */
export async function findPresence(pool: Pool, tenantId: TenantId, userIds: string[]): Promise<PresenceState[]> {
  const { rows } = await pool.query<{ user_id: string; state: PresenceState["state"]; last_seen: Date | null }>({
    name: "presence_v1",
    text: "select user_id, state, last_seen from presence_v1($1, $2)",
    values: [tenantId, userIds],
  });
  return rows.map((row) => ({ userId: row.user_id, state: row.state, lastSeen: row.last_seen?.toISOString() ?? null }));
}

/** The chats of at most `atMost` members that users are in. */
export async function findPresenceChats(
  pool: Pool,
  tenantId: TenantId,
  userIds: string[],
  atMost: number,
): Promise<Map<string, string[]>> {
  const { rows } = await pool.query<{ user_id: string; chat_ids: string[] }>({
    name: "presence_chats_v1",
    text: "select user_id, chat_ids from presence_chats_v1($1, $2, $3)",
    values: [tenantId, userIds, atMost],
  });
  return new Map(rows.map((row) => [row.user_id, row.chat_ids]));
}

/** Takes out the users of nodes that no longer answer; returns them. */
export async function dropDeadPresence(pool: Pool, tenantId: TenantId): Promise<string[]> {
  const { rows } = await pool.query<{ user_id: string }>({
    name: "drop_dead_presence_v1",
    text: "select user_id from drop_dead_presence_v1($1)",
    values: [tenantId],
  });
  return rows.map((row) => row.user_id);
}

/** Says that this node lives; forgets nodes silent for an hour; returns how many others live. */
export async function beat(pool: Pool, node: { id: string; internalUrl?: string | undefined }): Promise<number> {
  await pool.query(
    `insert into nodes (id, internal_url) values ($1, $2)
     on conflict (id) do update set seen_at = now(), internal_url = excluded.internal_url`,
    [node.id, node.internalUrl ?? null],
  );
  const { rows } = await pool.query<{ others: number }>(
    `with old as (delete from nodes where seen_at < now() - interval '1 hour')
     select count(*) as others from nodes where id <> $1 and seen_at > now() - interval '20 seconds'`,
    [node.id],
  );
  return Number(rows[0]?.others ?? 0);
}

/** Takes a node out at its orderly end. */
export async function forgetNode(pool: Pool, nodeId: string): Promise<void> {
  await pool.query("delete from nodes where id = $1", [nodeId]);
}
