import type { Pool } from "pg";
import type { TenantId } from "../auth/principal.ts";

// Hand-written SQL: what opened and closed on a node within a moment is one round trip a tenant.

/** A connection as put_connections_v1 takes it, or that it is gone. */
export type ConnectionChange =
  | { i: string; g: true }
  | {
      i: string;
      /** Whose it is, and of which user. */
      k: string;
      u: string | undefined;
      p: string;
      w: string;
      c: string | undefined;
      s: number | undefined;
      q: number | undefined;
      o: number;
    };

/** Writes what a node has open, and takes out what it has not any more. */
export async function putConnections(
  pool: Pool,
  tenantId: TenantId,
  nodeId: string,
  changes: ConnectionChange[],
): Promise<void> {
  await pool.query({
    name: "put_connections_v1",
    text: "select put_connections_v1($1, $2, $3)",
    values: [tenantId, nodeId, JSON.stringify(changes)],
  });
}

/** Ids of a node's connections that an operator wants closed. */
export async function findEnding(pool: Pool, tenantId: TenantId, nodeId: string): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>({
    name: "ending_connections_v1",
    text: "select id from ending_connections_v1($1, $2) as id",
    values: [tenantId, nodeId],
  });
  return rows.map(({ id }) => id);
}

/** Takes out what was open on nodes that no longer answer; returns how many. */
export async function dropDeadConnections(pool: Pool, tenantId: TenantId): Promise<number> {
  const { rows } = await pool.query<{ gone: number }>("select drop_dead_connections_v1($1) as gone", [tenantId]);
  return rows[0]?.gone ?? 0;
}
