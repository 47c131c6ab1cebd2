import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { explainFileFault, StartError } from "../config/start-error.ts";

export interface Lock {
  release(): void;
}

/**
 * Makes DATA_DIR when there is none and takes it for this process. A lock of a process that is gone counts for nothing, also when
 * its number is in use again: the lock says when its process began.
 * @throws StartError when another process has it, or the folder cannot be used.
 */
export function lockDataDir(dataDir: string): Lock {
  const file = join(dataDir, "parley.lock");
  const mine = `${process.pid} ${beginning(process.pid)}`;
  try {
    // As root, Postgres runs as another user, who has to get through here; the secrets in it are closed one by one.
    mkdirSync(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    while (!create(file, mine)) removeStale(file, dataDir);
  } catch (error) {
    throw explainFileFault(error, `DATA_DIR ${dataDir}`);
  }
  return { release: () => release(file, mine) };
}

function create(file: string, content: string): boolean {
  try {
    writeFileSync(file, content, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function removeStale(file: string, dataDir: string): void {
  const content = read(file);
  if (content === undefined) return;
  const pid = Number.parseInt(content, 10);
  if (content === `${pid} ${beginning(pid)}`) {
    throw new StartError(
      `Parley runs already on ${dataDir} (process ${pid}): stop that one, or set DATA_DIR and PORT.`,
    );
  }
  // Moved away before it is removed, so that of two starters at once only one removes it, and never the lock of the other.
  const aside = `${file}.${process.pid}`;
  renameSync(file, aside);
  if (read(aside) === content) rmSync(aside);
  else renameSync(aside, file);
}

function release(file: string, mine: string): void {
  if (read(file) === mine) rmSync(file);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** When a process began, in whatever words the system has for it; undefined when there is no such process. */
function beginning(pid: number): string | undefined {
  try {
    if (process.platform !== "linux") {
      return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8", stdio: "pipe" }).trim();
    }
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // proc(5): the name in brackets may hold blanks; after it, field 3 is the state and field 22 the time after boot.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : `${boot} ${fields[19]}`;
  } catch {
    return undefined;
  }
}
