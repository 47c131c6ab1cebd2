import pg, { type Pool, type PoolClient, type QueryConfig } from "pg";

/** The statement by which a transaction says whose rows it sees: the name's only argument is the tenant. */
export const setTenantText = "select set_config('app.tenant', $1, true)";

/**
 * The pool for Prisma's adapter, which begins each transaction by a BEGIN of its own: here it is held back and goes out in one
 * message with the setting of the tenant that follows, so that a read is three round trips to Postgres and not four. A transaction
 * that ends with nothing said between is never begun.
 */
export function withJoinedBegin(pool: Pool): Pool {
  return over(pool, "connect", async () => {
    const client: PoolClient = await pool.connect();
    let held = false;
    return over(client, "query", async (query: QueryConfig) => {
      const begins = held;
      held = query.text === "BEGIN";
      if (held || (begins && (query.text === "COMMIT" || query.text === "ROLLBACK"))) return { rowCount: 0 };
      if (!begins) return client.query(query);
      if (query.text !== setTenantText) return client.query("begin").then(() => client.query(query));
      const tenant = pg.escapeLiteral(String(query.values?.[0]));
      const both = await client.query(`begin; ${setTenantText.replace("$1", () => tenant)}`);
      return Array.isArray(both) ? both.at(-1) : both;
    });
  });
}

/** `of` with one method of ours; the others are its own, called on it. */
function over<T extends object>(of: T, name: keyof T, method: (...args: never[]) => unknown): T {
  return new Proxy(of, {
    get(target, key) {
      if (key === name) return method;
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
