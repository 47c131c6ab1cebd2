// Brings a browser for the journeys where there is none: Debian's as root, else Playwright's own. Fails with the one command to run.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const places = [
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Makes sure that a browser is there; throws what to do when none can be had. */
export async function bringBrowser() {
  const { chromium } = await import("@playwright/test");
  const found = () => existsSync(chromium.executablePath()) || places.some((place) => existsSync(place));
  if (found()) return;
  console.log("tests: no browser for the journeys, bringing one …");
  if (process.getuid?.() === 0 && run("apt-get", ["update", "-qq"]))
    run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium-headless-shell"]);
  if (!found()) run("npx", ["playwright", "install", "chromium"]);
  if (!found()) throw new Error("No browser for the journeys. Bring one with: npx playwright install chromium");
}

function run(command, args) {
  return (
    spawnSync(command, args, {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    }).status === 0
  );
}
