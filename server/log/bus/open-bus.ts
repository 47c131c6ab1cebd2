import type { Config } from "../../config/config.ts";
import type { Bus } from "./bus.ts";
import { createPostgresBus } from "./postgres-bus.ts";

/** Redis where REDIS_URL names one, else Postgres: another node may join at any time, and says hello by the same way. */
export async function openBus(
  config: Pick<Config, "redisUrl" | "database">,
  nodeId: string,
  onError: (error: unknown) => void,
): Promise<Bus> {
  if (config.redisUrl) {
    const { createRedisBus } = await import("./redis-bus.ts");
    return await createRedisBus({ url: config.redisUrl, nodeId, onError });
  }
  return await createPostgresBus({ url: config.database.runtimeUrl, nodeId, onError });
}
