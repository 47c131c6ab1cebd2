import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { serverAccount } from "./embedded-account.ts";
import { findLeftover } from "./embedded-orphan.ts";
import { findPlace } from "./embedded-place.ts";

/**
 * The address, as its owner, of the embedded Postgres that runs on DATA_DIR now; undefined when none does. For tools that work
 * beside a running service: they must neither start nor stop it.
 */
export async function findRunningPostgres(dataDir: string): Promise<string | undefined> {
  if (!existsSync(join(dataDir, "postgres.json"))) return undefined;
  const place = await findPlace(await realpath(dataDir), serverAccount(), () => {});
  if (findLeftover(place.folder) !== "running") return undefined;
  return `postgresql://parley:${place.password}@127.0.0.1:${place.port}/parley`;
}
