import { tmpdir } from "node:os";
import type { Config } from "../server/config/config.ts";

export const authSecret = "a secret of benches, long enough to be one";

/** What the processes of a bench run with: a release's defaults, on a Postgres of the bench's own. */
export function benchConfig(urls: { ownerUrl: string; runtimeUrl: string }): Config {
  return {
    port: 0,
    host: ["127.0.0.1"],
    baseUrl: "http://localhost:3000",
    dataDir: tmpdir(),
    database: { ...urls, embedded: false, connections: 16 },
    trustProxy: 0,
    roles: new Set(["api"]),
    authSecret,
    mail: { from: "bench@localhost" },
    signUp: "open",
    seed: "none",
    dev: false,
    logLevel: "warn",
    allowPrivateNetworks: true,
  };
}
