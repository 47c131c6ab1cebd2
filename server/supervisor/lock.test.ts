import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { projectRoot } from "../persistence/project-root.ts";
import { type Lock, lockDataDir } from "./lock.ts";

let dataDir: string;
let file: string;
const said: string[] = [];
const held: Lock[] = [];
const report = (line: string) => void said.push(line);

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "parley-lock-"));
  file = join(dataDir, "parley.lock");
  said.length = 0;
});
afterEach(() => {
  for (const lock of held.splice(0)) lock.release();
  rmSync(dataDir, { recursive: true, force: true });
});

async function take(limitMs?: number): Promise<void> {
  held.push(await lockDataDir(dataDir, report, { limitMs }));
}

function touch(ms: number): void {
  utimesSync(file, new Date(ms), new Date(ms));
}

/** Of a process of which nothing can be seen here, as one in another container. */
function leaveUnseen(): void {
  writeFileSync(file, "7 another-boot 1\nanother-boot pid:[1]");
}

const mine = () => expect.stringMatching(new RegExp(`^${process.pid} `));

test("a folder is one's until it is released, and whoever comes meanwhile is told whose it is", async () => {
  await take();
  await expect(take()).rejects.toThrow(`runs already on ${dataDir} (process ${process.pid})`);
  held.pop()?.release();
  await take();
  expect(said).toEqual([]);
});

test("who holds it touches it all the time", async () => {
  await take();
  touch(0);
  await expect.poll(() => statSync(file).mtimeMs).toBeGreaterThan(0);
});

test("a lock of an unseen process that is touched is not taken: it may run in another container", async () => {
  leaveUnseen();
  touch(Date.now() + 60_000);
  const timer = setInterval(() => touch(Date.now() + 60_000), 20);
  onTestFinished(() => clearInterval(timer));
  await expect(take()).rejects.toThrow(/may run on .* in another container/);
  expect(said).toEqual([expect.stringMatching(/up to 15 s/)]);
});

test("one that nobody touches any more is taken, after a wait that is said where it was touched a moment ago", async () => {
  leaveUnseen();
  touch(Date.now() + 60_000); // however slow the machine is
  await take(500);
  expect(said).toEqual([expect.stringMatching(/up to 1 s/)]);
  expect(readFileSync(file, "utf8")).toEqual(mine());
});

test("one that is released while it is watched is taken", async () => {
  leaveUnseen();
  touch(Date.now() + 60_000);
  held.push(await lockDataDir(dataDir, () => rmSync(file)));
  expect(readFileSync(file, "utf8")).toEqual(mine());
});

test("a wait ends when the start is to end", async () => {
  leaveUnseen();
  touch(Date.now() + 60_000);
  const stopping = new AbortController();
  await expect(lockDataDir(dataDir, () => stopping.abort(), stopping)).rejects.toThrow(/abort/);
});

test.each([
  ["in another container, a while ago", "7 another-boot 1\nanother-boot pid:[1]"],
  ["before this release, a while ago", "7 another-boot 1"],
  ["whose beginning it could not learn, a while ago", "4194305 undefined"],
  ["whose disk was full, a while ago", ""],
])("a lock of one that ended %s is taken at once", async (_, content) => {
  writeFileSync(file, content);
  touch(Date.now() - 60_000);
  await take();
  expect(said).toEqual([]);
});

test.each([
  ["that is not there", "4194305"],
  ["whose number is in use again", String(process.pid)],
])("a lock of a process here %s is taken at once, however young it is", async (_, pid) => {
  await take();
  const own = readFileSync(file, "utf8");
  held.pop()?.release();
  writeFileSync(file, own.replace(/^\d+ (\S+) \S+/, `${pid} $1 1`));
  expect(readFileSync(file, "utf8")).not.toBe(own);
  touch(Date.now() + 60_000);
  await take();
  expect(said).toEqual([]);
});

const unshare = ["--pid", "--fork", "--mount-proc", ...(process.getuid?.() === 0 ? [] : ["--map-root-user"])];
const separable = spawnSync("unshare", [...unshare, "true"]).status === 0;

test.skipIf(!separable)("a start that sees none of our processes does not take it from us", async () => {
  await take();
  const lock = pathToFileURL(join(projectRoot(), "server/supervisor/lock.ts")).href;
  const start = `import(${JSON.stringify(lock)}).then(({ lockDataDir }) => lockDataDir(process.env.FOLDER, console.log))`;
  const other = promisify(execFile)("unshare", [...unshare, process.execPath, "--import", "tsx", "--eval", start], {
    cwd: projectRoot(),
    env: { PATH: process.env.PATH, FOLDER: dataDir } as unknown as NodeJS.ProcessEnv,
  });
  await expect(other).rejects.toThrow(/may run on .* in another container/);
  expect(readFileSync(file, "utf8")).toEqual(mine());
});
