import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { projectRoot } from "../persistence/project-root.ts";

// The set-up of a clone that lacks its packages, with a stand-in for npm, which installs none, once it may.

const NPM = `
const { appendFileSync, existsSync, mkdirSync, writeFileSync } = require("node:fs");
appendFileSync("installs", "x");
const timer = setInterval(() => {
  if (!existsSync("go")) return;
  clearInterval(timer);
  for (const folder of ["node_modules/prisma/build", "server/persistence/generated"]) mkdirSync(folder, { recursive: true });
  writeFileSync("node_modules/prisma/build/index.js", "");
  writeFileSync("node_modules/.package-lock.json", '{"packages":{}}');
}, 10);
`;

let clone: string;
let lock: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), "parley-setup-"));
  lock = join(clone, "dist/setup.lock");
  for (const folder of ["scripts", "dist"]) mkdirSync(join(clone, folder));
  cpSync(join(projectRoot(), "scripts/setup.mjs"), join(clone, "scripts/setup.mjs"));
  writeFileSync(join(clone, "package-lock.json"), '{"packages":{}}');
  writeFileSync(join(clone, "npm.js"), NPM);
});
afterEach(() => {
  for (const { pid, exitCode, signalCode } of children.splice(0))
    if (pid && exitCode === null && signalCode === null) process.kill(-pid, "SIGKILL");
  rmSync(clone, { recursive: true, force: true });
});

function setUp(within: string[] = []) {
  const [program = "", ...args] = [...within, process.execPath, "scripts/setup.mjs", "check"];
  const child = spawn(program, args, {
    cwd: clone,
    env: { PATH: process.env.PATH, npm_execpath: join(clone, "npm.js") } as unknown as NodeJS.ProcessEnv,
    detached: true,
  });
  children.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  return { child, output: () => output, ended: once(child, "close") };
}

const installs = () => readFileSync(join(clone, "installs"), "utf8").length;

function letGo(): void {
  writeFileSync(join(clone, "go"), "");
}

test("one that comes while another runs waits for it, and finds all done", async () => {
  const first = setUp();
  await expect.poll(() => existsSync(join(clone, "installs"))).toBe(true);
  const second = setUp();
  await expect.poll(second.output).toContain("waits for another set-up of this clone");
  letGo();
  expect([await first.ended, await second.ended]).toEqual([
    [0, null],
    [0, null],
  ]);
  expect(installs()).toBe(1);
  expect(existsSync(lock)).toBe(false);
});

test("one that was killed keeps nobody waiting", async () => {
  const first = setUp();
  await expect.poll(() => existsSync(join(clone, "installs"))).toBe(true);
  process.kill(-(first.child.pid ?? 0), "SIGKILL");
  await first.ended;
  expect(existsSync(lock)).toBe(true);
  letGo();
  const second = setUp();
  expect(await second.ended).toEqual([0, null]);
  expect(second.output()).not.toContain("waits for");
});

test.each([
  ["nothing, as of a full disk", ""],
  ["the number of a process that is another's by now", `${process.pid}`],
  ["that and another beginning", `${process.pid} long ago`],
  ["no number", "0 undefined"],
])("a lock that says %s keeps nobody waiting", async (_, content) => {
  writeFileSync(lock, content);
  utimesSync(lock, 0, 0);
  letGo();
  const second = setUp();
  expect(await second.ended).toEqual([0, null]);
  expect(second.output()).not.toContain("waits for");
  expect(existsSync(lock)).toBe(false);
});

// In a namespace of mounts of its own, so that nothing is left mounted.
const FULL_DISK =
  'mount -t tmpfs -o size=4096 none dist && head -c 4096 /dev/zero >dist/fill && "$@"; code=$?; ls dist; exit $code';
const unshare = ["unshare", "--mount", ...(process.getuid?.() === 0 ? [] : ["--map-root-user"])];
const mountable = spawnSync(unshare[0]!, [...unshare.slice(1), "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0;

test.skipIf(!mountable)("a lock that a full disk does not take leaves none, and is said in a line", async () => {
  const setup = setUp([...unshare, "sh", "-c", FULL_DISK, "sh"]);
  expect(await setup.ended).toEqual([1, null]);
  expect(setup.output()).toMatch(/^setup: could not write .*dist\/setup\.lock: ENOSPC/m);
  expect(setup.output()).not.toMatch(/^\s+at |^setup\.lock$/m);
});
