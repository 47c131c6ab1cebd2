import { defineConfig } from "vitest/config";
import { LongestFirst } from "./server/testing/longest-first.ts";

export default defineConfig({
  test: {
    environment: "node",
    include: ["{server,client,components,prisma,bench}/**/*.test.ts"],
    globalSetup: "server/testing/global-setup.ts",
    pool: "forks",
    // Files share their worker's modules, of which loading anew for each would cost a third of the run; none keeps state of its own.
    isolate: false,
    // One that forgot to take away its own would make others fail.
    unstubGlobals: true,
    // New objects get more room before they are gathered: of so many short tests nearly all are gone by then. Most code runs too seldom
    // to be worth V8's quick compiler; what runs often still meets the thorough one.
    execArgv: ["--max-semi-space-size=64", "--no-sparkplug"],
    // Two more than the cores there are on the smallest machine: many files wait more than they work.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    // A busy machine takes its time; that something takes long is for the bench to say.
    testTimeout: 40_000,
    expect: { poll: { timeout: 20_000 } },
    // What differed is told in the message itself: of a long run only its end may be left.
    chaiConfig: { truncateThreshold: 1_000 },
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
  },
});
