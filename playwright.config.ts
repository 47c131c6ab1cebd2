import { defineConfig } from "@playwright/test";
import { findBrowser } from "./e2e/browser.ts";

const demoOperators = ["console.spec.ts", "console-{developers,people,webhooks}.spec.ts"];
const ownTenants = [
  "console-{access,keyboard,mails,notifications,operate,operators,overview,pusher,settings,settings-mail,users}.spec.ts",
  "{guides,installation,live,oidc}.spec.ts",
];

export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results",
  globalSetup: "./e2e/global-setup.ts",
  // One product, one seeded tenant: journeys of a kind that share it run one after another, or would read each other's messages.
  workers: 3,
  projects: [
    { name: "demo's operators", testMatch: demoOperators, workers: 1 },
    { name: "demo's people", testIgnore: [...demoOperators, ...ownTenants], workers: 1 },
    { name: "own tenants", testMatch: ownTenants },
  ],
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: [["list"]],
  use: {
    baseURL: process.env.PARLEY_E2E_URL,
    // Also of contexts made by hand: frames of what fades and moves are a good part of the work. hosted-scroll.spec.ts has them.
    contextOptions: { reducedMotion: "reduce" },
    launchOptions: findBrowser(),
    screenshot: "only-on-failure",
  },
});
