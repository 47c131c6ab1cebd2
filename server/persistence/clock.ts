import type { Database } from "./database.ts";

/**
 * Postgres' clock as it goes on from now, in ms since 1970: for whoever writes down times often, and whose machine's clock may be wrong.
 */
export async function followClock(db: Pick<Database, "now" | "moment">): Promise<() => number> {
  const began = performance.now();
  const from = await db.now();
  return () => db.moment() ?? from + Math.floor(performance.now() - began);
}
