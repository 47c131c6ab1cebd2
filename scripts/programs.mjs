// Brings what the tests use and npm does not: programs of Debian's as root, else Playwright's own browser. What cannot be had is
// said: a journey needs its browser and fails with the one command to run; a test of another program skips itself and says why.
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
  bring("chromium-headless-shell");
  if (!found()) run("npx", ["playwright", "install", "chromium"]);
  if (!found()) throw new Error("No browser for the journeys. Bring one with: npx playwright install chromium");
}

/** For all tests: the browser that draws no windows, the server of the wake-ups between nodes, and what runs the guides' programs. */
export function bringPrograms() {
  const wanted = ["chromium-headless-shell", "redis-server", "python3", "curl"];
  const missing = wanted.filter((name) => !run("sh", ["-c", `command -v ${name}`]));
  if (missing.length > 0) bring(...missing);
}

function bring(...packages) {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return;
  console.log(`tests: brings ${packages.join(", ")} …`);
  if (run("apt-get", ["update", "-qq"]))
    run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages]);
}

function run(command, args) {
  return (
    spawnSync(command, args, {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    }).status === 0
  );
}
