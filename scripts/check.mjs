// The static checks, each by name: `npm run check`, or one of them with `npm run check -- types`.
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const AT_ONCE = 2;

/** Name → command; packages' commands come from node_modules. */
const checks = {
  format: "biome ci --colors=off --error-on-warnings",
  types: "tsc --noEmit --incremental --tsBuildInfoFile node_modules/.cache/types.tsbuildinfo",
  imports: "depcruise --config scripts/architecture.cjs server app components client emails prisma scripts",
  unused: "knip --no-progress",
  // What tests alone call is unused too.
  "unused-by-product": "knip --production --include exports --no-progress",
  openapi: "tsx scripts/openapi.ts --check",
  settings: "tsx scripts/settings.ts --check",
  events: "tsx scripts/events.ts --check",
  names: "node scripts/vocabulary.mjs",
  advisories: "node scripts/advisories.mjs",
  lock: "node scripts/lock-platforms.mjs",
};

const only = process.argv.slice(2);
const queue = Object.entries(checks).filter(([name]) => only.length === 0 || only.includes(name));
const failed = [];
const began = Date.now();
await Promise.all(Array.from({ length: AT_ONCE }, work));
console.log(`check: ${failed.length === 0 ? "all good" : `failed: ${failed.join(", ")}`} after ${since(began)} s`);
process.exit(failed.length === 0 ? 0 : 1);

async function work() {
  for (let next = queue.shift(); next; next = queue.shift()) await run(...next);
}

async function run(name, line) {
  const [command, ...args] = line.split(" ");
  const started = Date.now();
  const { code, output } = await execute(command, args);
  console.log(`check: ${name} ${code === 0 ? "passed" : "FAILED"} in ${since(started)} s`);
  if (code === 0) return;
  failed.push(name);
  console.log(output.trimEnd());
}

function execute(command, args) {
  return new Promise((resolve) => {
    const path = `${join(root, "node_modules/.bin")}:${process.env.PATH}`;
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, PATH: path },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.on("error", (error) => resolve({ code: 1, output: error.message }));
    child.on("close", (code) => resolve({ code, output }));
  });
}

function since(started) {
  return ((Date.now() - started) / 1000).toFixed(1);
}
