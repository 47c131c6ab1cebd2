import { defineConfig } from "@playwright/test";
import { findBrowser } from "./e2e/browser.ts";

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  globalSetup: "./e2e/global-setup.ts",
  // One product, one seeded tenant: the pages of its operators beside those of its people, but no two of a kind, which would read each other's messages.
  workers: 2,
  projects: [
    { name: "console", testMatch: "console*.spec.ts", workers: 1 },
    { name: "people", testIgnore: "console*.spec.ts", workers: 1 },
  ],
  timeout: 45_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    baseURL: process.env.PARLEY_E2E_URL,
    launchOptions: findBrowser(),
    trace: "retain-on-failure",
  },
});
