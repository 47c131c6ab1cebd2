import type { ClientBase, Pool } from "pg";

/** How many sessions of the pool's database wait for another one's lock. */
export async function sessionsWaiting(pool: Pool | ClientBase): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    "select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
  );
  return rows[0]?.n ?? 0;
}
