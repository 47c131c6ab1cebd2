import { existsSync } from "node:fs";
import { chromium, type LaunchOptions } from "@playwright/test";

const SYSTEM_BROWSERS = [
  "/usr/bin/chromium-headless-shell", // has no windows around its pages, whose drawing costs as much again
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

// A browser that looks for updates and accounts of its own would blur the assertion that no request leaves our origin.
const QUIET = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// A page lives for seconds, and what is compiled for it is lost with it: V8's optimising compilers take more than they give.
const QUICK = "--js-flags=--no-maglev --no-turbofan";

/** As people have it, for what is measured. */
export function findSwiftBrowser(): LaunchOptions {
  const { args = [], ...found } = findBrowser();
  return { ...found, args: args.filter((arg) => arg !== QUICK) };
}

/** Playwright's own browser, else one of the system. Throws an `Error` that names the command that brings one. */
export function findBrowser(): LaunchOptions {
  // Chromium refuses its sandbox to root, which is who containers run as.
  const args = process.getuid?.() === 0 ? [...QUIET, QUICK, "--no-sandbox"] : [...QUIET, QUICK];
  if (existsSync(chromium.executablePath())) return { args };
  const executablePath = SYSTEM_BROWSERS.find((path) => existsSync(path));
  if (executablePath) return { executablePath, args };
  throw new Error("No browser for the journeys. Bring one with: npx playwright install chromium");
}
