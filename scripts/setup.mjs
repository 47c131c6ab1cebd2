// Brings a clone to where it can run: packages, database client, server bundle, pages. What is up to date is left alone, judged
// by content and not by time stamps, which git and copies change. Runs before `npm start`, `npm test` and `npm run check` in a
// fresh clone too, so it imports nothing but Node.
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...path) => join(root, ...path);
const PROGRESS_MS = 8_000;
const LOCK = at("dist/setup.lock");
// Numbers are used again, in containers soon: when the process began tells it from others.
const MINE = `${process.pid} ${beginning(process.pid)}`;
const WRITTEN_MS = 5_000;
// Nothing that is built tells anybody, and Prisma takes any file for the engine it would otherwise download.
const QUIET = {
  NODE_ENV: "production",
  NEXT_TELEMETRY_DISABLED: "1",
  CHECKPOINT_DISABLE: "1",
  PRISMA_HIDE_UPDATE_MESSAGE: "1",
  PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
};

const install = {
  name: "install the packages",
  isDone: () => isInstalled(),
  // No install scripts: those of our packages only download or link what is there anyway, and a closed network fails on them.
  run: () => npm("ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"),
};

const generate = {
  name: "generate the database client",
  stamp: at("server/persistence/generated/.stamp"),
  inputs: ["prisma", "prisma.config.ts", "node_modules/prisma/package.json"],
  ignores: (file) => file.startsWith("prisma/") && !file.endsWith(".prisma"),
  run: () => node("node_modules/prisma/build/index.js", "generate"),
};

const bundle = {
  name: "bundle the server",
  stamp: at("dist/.stamp"),
  inputs: ["server", "emails", "prisma", "scripts/build.mjs", "tsconfig.json", "package-lock.json"],
  ignores: (file) => file.endsWith(".test.ts") || file.includes("/generated/"),
  run: () => node("scripts/build.mjs"),
};

const pages = {
  name: "build the pages",
  stamp: at(".next/.stamp"),
  // Of server/ the pages use types, which leave no trace in the build, and what knows the session.
  inputs: [
    ...["app", "components", "client", "public", "docs", "server/auth/session.ts"],
    ...["next.config.mjs", "package.json", "tsconfig.json", "package-lock.json"],
  ],
  ignores: (file) => /\.test\.tsx?$|^public\/emojibase\/|^client\/dist\//.test(file),
  run: (PAGES_FINGERPRINT) =>
    spawned(process.execPath, ["node_modules/next/dist/bin/next", "build"], { PAGES_FINGERPRINT }),
};

const goals = {
  start: [install, generate, bundle, pages],
  test: [install, generate, bundle, pages],
  check: [install, generate],
  dev: [install, generate],
  // Its output is the command's own: what is set up meanwhile is said beside it.
  command: [install, generate],
};

let child;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => abandon(signal));

const steps = goals[process.argv[2]];
if (!steps) fail(`usage: node scripts/setup.mjs ${Object.keys(goals).join("|")}`);
if (!isNodeNewEnough()) fail(`Node ${process.versions.node} is too old: 20.19 or newer is needed.`);
if (steps.some((step) => !isDone(step))) await locked(() => runAll(steps));

async function runAll(list) {
  for (const step of list) if (!isDone(step)) await run(step);
}

async function run(step) {
  const started = Date.now();
  const seconds = () => ((Date.now() - started) / 1000).toFixed(1);
  say(`${step.name} …`);
  const progress = setInterval(() => say(`${step.name} … still at it, ${seconds()} s`), PROGRESS_MS);
  const before = step.stamp && fingerprint(step);
  const { code, output } = await step.run(before);
  clearInterval(progress);
  if (code !== 0) fail(`could not ${step.name}:\n${output.trim().split("\n").slice(-40).join("\n")}`);
  if (step.stamp) writeFileSync(step.stamp, before);
  say(`${step.name}: done in ${seconds()} s`);
}

function isDone(step) {
  if (step.isDone) return step.isDone();
  return existsSync(step.stamp) && readFileSync(step.stamp, "utf8") === fingerprint(step);
}

/** A stamp lies inside what it vouches for, so that deleting the one deletes the other. */
function fingerprint({ inputs, ignores }) {
  const hash = createHash("sha256");
  for (const file of inputs.flatMap((input) => filesOf(at(input)))) {
    const name = relative(root, file);
    if (!ignores(name)) hash.update(`${name}\0`).update(readFileSync(file)).update("\0");
  }
  return hash.digest("hex");
}

function filesOf(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  const entries = readdirSync(path).sort();
  return entries.flatMap((entry) => filesOf(join(path, entry)));
}

/** Whether node_modules holds every package of the lock file in its version; npm keeps a note of what it has installed. */
function isInstalled() {
  const note = at("node_modules/.package-lock.json");
  if (!existsSync(note)) return false;
  const installed = JSON.parse(readFileSync(note, "utf8")).packages;
  const wanted = JSON.parse(readFileSync(at("package-lock.json"), "utf8")).packages;
  return Object.entries(wanted).every(([path, { version, integrity, optional, devOptional, peer, link }]) => {
    if (path === "" || link) return true;
    const found = installed[path];
    if (!found) return Boolean(optional || devOptional || peer); // for another platform, or not asked for
    return found.version === version && (!integrity || !found.integrity || found.integrity === integrity);
  });
}

/** One set-up at a time in a clone: `npm start` and `npm test` side by side must not build over each other. */
async function locked(work) {
  mkdirSync(dirname(LOCK), { recursive: true });
  for (let told = false; !takeLock(); ) {
    if (removeStale()) continue;
    if (!told) say("waits for another set-up of this clone");
    told = true;
    await sleep(200);
  }
  try {
    await work();
  } finally {
    releaseLock();
  }
}

function releaseLock() {
  if (readIfThere(LOCK) === MINE) rmSync(LOCK, { force: true });
}

function takeLock() {
  try {
    const made = openSync(LOCK, "wx");
    try {
      writeFileSync(made, MINE);
    } catch (error) {
      rmSync(LOCK, { force: true }); // of a disk that is full, which has left it empty
      throw error;
    } finally {
      closeSync(made);
    }
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    return fail(`could not write ${LOCK}: ${error.message}`);
  }
}

/** False while a set-up holds the lock, or is just writing it. */
function removeStale() {
  const content = readIfThere(LOCK);
  const pid = Number.parseInt(content, 10);
  const began = beginning(pid);
  if (began !== undefined && content === `${pid} ${began}`) return false;
  if (content === "" && Date.now() - (statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? 0) < WRITTEN_MS)
    return false;
  // Moved away before it is removed, so that of two that wait only one removes it, and never the lock of the other.
  const aside = `${LOCK}.${process.pid}`;
  try {
    renameSync(LOCK, aside);
  } catch (error) {
    if (error.code === "ENOENT") return true;
    throw error;
  }
  if (readIfThere(aside) === content) rmSync(aside);
  else renameSync(aside, LOCK);
  return true;
}

function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/** When a process began, as server/supervisor/lock.ts says it; undefined when there is no such process. */
function beginning(pid) {
  try {
    if (process.platform !== "linux")
      return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8", stdio: "pipe" }).trim();
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : `${boot} ${fields[19]}`;
  } catch {
    return undefined;
  }
}

function npm(...args) {
  const cli = process.env.npm_execpath;
  return cli?.endsWith(".js") ? node(cli, ...args) : spawned("npm", args);
}

function node(...args) {
  return spawned(process.execPath, args);
}

function spawned(command, args, more = {}) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...QUIET, ...more };
    child = spawn(command, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}

function abandon(signal) {
  child?.kill("SIGTERM");
  releaseLock();
  process.exit(signal === "SIGINT" ? 130 : 143);
}

function isNodeNewEnough() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  return major > 20 || (major === 20 && minor >= 19);
}

function say(line) {
  (process.argv[2] === "command" ? console.error : console.log)(`setup: ${line}`);
}

function fail(line) {
  console.error(`setup: ${line}`);
  releaseLock();
  process.exit(1);
}
