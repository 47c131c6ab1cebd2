import type { Pool } from "pg";
import type { TenantId } from "../auth/principal.ts";
import type { PresenceState } from "../services.ts";

// Hand-written SQL: presence of many users is written and read in one round trip a tenant, twenty times a second at worst.

export interface PresenceChange {
  userId: string;
  state: "online" | "away" | "gone";
}

/** Writes who is connected on a node, and when those who left were last seen. Returns the users for whom that was news. */
export async function putPresence(
  pool: Pool,
  tenantId: TenantId,
  nodeId: string,
  changes: PresenceChange[],
): Promise<string[]> {
  const input = JSON.stringify(changes.map((change) => ({ u: change.userId, s: change.state })));
  const { rows } = await pool.query<{ user_id: string }>({
    name: "put_presence_v1",
    text: "select user_id from put_presence_v1($1, $2, $3)",
    values: [tenantId, nodeId, input],
  });
  return rows.map((row) => row.user_id);
}

/** Sets the state of a user's connections on all nodes; true when that was news. */
export async function setPresenceState(
  pool: Pool,
  tenantId: TenantId,
  userId: string,
  state: "online" | "away",
): Promise<boolean> {
  const { rows } = await pool.query<{ changed: boolean }>({
    name: "set_presence_v1",
    text: "select set_presence_v1($1, $2, $3) as changed",
    values: [tenantId, userId, state],
  });
  return rows[0]?.changed ?? false;
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

/** What a node learns from its heartbeat. */
export interface Beat {
  /** Ids of the other nodes that live. */
  others: string[];
  /** How many of them take work. */
  working: number;
  /** This node was not counted among the living any more, or not yet. */
  lapsed: boolean;
}

/** Says that this node lives, and forgets nodes silent for an hour. A node is alive for 20 s from its last beat. */
export async function beat(pool: Pool, node: { id: string; internalUrl?: string | undefined }): Promise<Beat> {
  // All parts of the statement see the table as it was before it.
  const { rows } = await pool.query<{ id: string; working: boolean }>(
    `with mine as (insert into nodes (id, internal_url) values ($1, $2)
       on conflict (id) do update set seen_at = now(), internal_url = excluded.internal_url),
     old as (delete from nodes where seen_at < now() - interval '1 hour' and id <> $1)
     select id, retired_at is null as working from nodes where seen_at > now() - interval '20 seconds'`,
    [node.id, node.internalUrl ?? null],
  );
  const others = rows.filter((row) => row.id !== node.id);
  return {
    others: others.map((row) => row.id),
    working: others.filter((row) => row.working).length,
    lapsed: others.length === rows.length,
  };
}

/** Where a node is reached that lives and takes work. */
export async function findNodeUrl(pool: Pool, nodeId: string): Promise<string | undefined> {
  const { rows } = await pool.query<{ internal_url: string | null }>(
    "select internal_url from nodes where id = $1 and retired_at is null and seen_at > now() - interval '20 seconds'",
    [nodeId],
  );
  return rows[0]?.internal_url ?? undefined;
}

/** At a node's orderly end: its users are here for as long as somebody who reloads is, so that a restart is no leave. */
export async function retireNode(pool: Pool, nodeId: string): Promise<void> {
  await pool.query("update nodes set seen_at = now() - interval '5 seconds', retired_at = now() where id = $1", [
    nodeId,
  ]);
}
