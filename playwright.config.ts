import { defineConfig } from "@playwright/test";
import { findBrowser } from "./e2e/browser.ts";

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  globalSetup: "./e2e/global-setup.ts",
  // One product, one seeded tenant: journeys that run beside each other would read each other's messages.
  workers: 1,
  timeout: 45_000,
  expect: { timeout: 10_000 },
  reporter: [["list"]],
  use: {
    baseURL: process.env.PARLEY_E2E_URL,
    launchOptions: findBrowser(),
    trace: "retain-on-failure",
  },
});
