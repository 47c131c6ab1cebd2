import { defineConfig } from "vitest/config";
import { LongestFirst } from "./server/testing/longest-first.ts";

export default defineConfig({
  test: {
    environment: "node",
    include: ["{server,client,components,prisma,bench}/**/*.test.ts"],
    globalSetup: "server/testing/global-setup.ts",
    pool: "forks",
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    testTimeout: 20_000,
    hookTimeout: 30_000,
    teardownTimeout: 20_000,
  },
});
