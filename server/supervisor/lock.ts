import { execFileSync } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  utimes,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { explainFileFault, StartError } from "../config/start-error.ts";

export interface Lock {
  release(): void;
}

interface Options {
  /** Ends a wait. */
  signal?: AbortSignal | undefined;
  /** In ms, after which a lock that nobody touches counts for nothing; for tests. */
  limitMs?: number | undefined;
}

interface Wait extends Options {
  report(line: string): void;
}

const BEAT_MS = 3_000;
const LIMIT_MS = 15_000;
const LOOK_MS = 200;

/**
 * Makes DATA_DIR when there is none and takes it for this process. A lock of a process that is gone counts for nothing, also when
 * its number is in use again: the lock says when its process began. Of one in another container nothing can be seen but that it
 * touches the lock.
 * @param report gets a line when it has to be waited whether somebody does.
 * @throws StartError when another process has it, or the folder cannot be used.
 */
export async function lockDataDir(
  dataDir: string,
  report: (line: string) => void,
  { signal, limitMs }: Options = {},
): Promise<Lock> {
  const file = join(dataDir, "parley.lock");
  const mine = `${process.pid} ${beginning(process.pid)}\n${surroundings()}`;
  try {
    // As root, Postgres runs as another user, who has to get through here; the secrets in it are closed one by one.
    mkdirSync(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    while (!create(file, mine)) await removeStale(file, dataDir, { report, signal, limitMs });
  } catch (error) {
    throw explainFileFault(error, `DATA_DIR ${dataDir}`);
  }
  const beat = setInterval(() => utimes(file, new Date(), new Date(), () => {}), BEAT_MS).unref();
  return {
    release: () => {
      clearInterval(beat);
      if (read(file) === mine) rmSync(file);
    },
  };
}

function create(file: string, content: string): boolean {
  let made: number;
  try {
    made = openSync(file, "wx", 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  try {
    writeFileSync(made, content);
    return true;
  } catch (error) {
    rmSync(file, { force: true }); // of a disk that is full, which has left it empty
    throw error;
  } finally {
    closeSync(made);
  }
}

async function removeStale(file: string, dataDir: string, wait: Wait): Promise<void> {
  const content = read(file);
  if (content === undefined) return;
  const [holder = "", where] = content.split("\n");
  const pid = Number.parseInt(holder, 10);
  const began = beginning(pid);
  if (began !== undefined && holder === `${pid} ${began}`) {
    throw new StartError(
      `Parley runs already on ${dataDir} (process ${pid}): stop that one, or set DATA_DIR and PORT.`,
    );
  }
  if ((where === undefined || where !== surroundings()) && (await isTouched(file, content, wait))) {
    throw new StartError(
      `Parley may run on ${dataDir} in another container: stop that one, run commands in it (docker exec), or set DATA_DIR.`,
    );
  }
  if (read(file) !== content) return;
  // Moved away before it is removed, so that of two starters at once only one removes it, and never the lock of the other.
  const aside = `${file}.${process.pid}`;
  renameSync(file, aside);
  if (read(aside) === content) rmSync(aside);
  else renameSync(aside, file);
}

/** Whether somebody touches the lock, as its holder does; one that was touched a moment ago is watched for it. */
async function isTouched(
  file: string,
  content: string,
  { report, signal, limitMs = LIMIT_MS }: Wait,
): Promise<boolean> {
  const first = touchedAt(file);
  const left = Math.min(limitMs, first + limitMs - Date.now());
  if (left <= 0) return false;
  report(
    `${dirname(file)} was in use a moment ago by a process that cannot be seen from here, as in another container: ` +
      `watching for up to ${Math.ceil(left / 1000)} s whether it still is`,
  );
  for (const end = performance.now() + left; performance.now() < end; ) {
    await sleep(LOOK_MS, undefined, { signal });
    const last = touchedAt(file);
    if (read(file) !== content) return false; // somebody else's by now, or nobody's
    if (last !== first) return true;
  }
  return false;
}

/** 0 where it is gone. */
function touchedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Where processes see each other, in whatever words the system has for it: on Linux, of one machine a container. */
function surroundings(): string {
  if (process.platform !== "linux") return process.platform;
  try {
    return `${bootId()} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return `unknown of ${process.pid}`; // and so nobody else's
  }
}

/** When a process began, in whatever words the system has for it; undefined when there is no such process. */
function beginning(pid: number): string | undefined {
  try {
    if (process.platform !== "linux") {
      return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8", stdio: "pipe" }).trim();
    }
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // proc(5): the name in brackets may hold blanks; after it, field 3 is the state and field 22 the time after boot.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : `${bootId()} ${fields[19]}`;
  } catch {
    return undefined;
  }
}

function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
}
