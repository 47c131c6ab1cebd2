import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { StartError } from "../config/start-error.ts";

/** The server that `postmaster.pid` names. */
interface Postmaster {
  pid: number;
  folder: string;
  status: string | undefined;
}

export type Leftover = "none" | "stale" | "running";

const STOP_LIMIT_MS = 60_000;

/**
 * What an earlier run left in the data folder. A Postgres is ours only when the process of that number was started on this very
 * folder: numbers are used again, and after a restart of the machine it may be anybody's. One in another container looks stale: only
 * who holds the lock of DATA_DIR may believe that.
 */
export function findLeftover(folder: string): Leftover {
  const postmaster = readPostmaster(folder);
  if (!postmaster) return "none";
  return isRunning(postmaster) && isSameFolder(postmaster.folder, folder) ? "running" : "stale";
}

/** Whether the server on the data folder takes connections, as it notes in the eighth line. */
export function isReady(folder: string): boolean {
  return readPostmaster(folder)?.status === "ready";
}

/**
 * Stops the Postgres that `findLeftover` has found running, as a fast shutdown: it rolls back what is open and writes the rest.
 * @throws StartError when it does not end within a minute.
 */
export async function stopLeftover(folder: string): Promise<void> {
  const postmaster = readPostmaster(folder);
  if (!postmaster) return;
  process.kill(postmaster.pid, "SIGINT");
  const deadline = Date.now() + STOP_LIMIT_MS;
  while (isRunning(postmaster)) {
    if (Date.now() > deadline) {
      throw new StartError(
        `The Postgres of an earlier run (process ${postmaster.pid}) does not stop: end it and start again.`,
      );
    }
    await sleep(50);
  }
}

/** Removes the note of a server that is not there; Postgres would refuse to start when its number is in use again. */
export function removeStaleNote(folder: string): void {
  rmSync(join(folder, "postmaster.pid"), { force: true });
}

function readPostmaster(folder: string): Postmaster | undefined {
  try {
    const lines = readFileSync(join(folder, "postmaster.pid"), "utf8").split("\n");
    const [pid, startedOn] = lines;
    return pid && startedOn ? { pid: Number(pid), folder: startedOn, status: lines[7]?.trim() } : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function isRunning({ pid, folder }: Postmaster): boolean {
  return commandOf(pid)?.includes(folder) ?? false;
}

/** The command line of a process: empty for one that has ended but is not collected yet, undefined when there is none. */
function commandOf(pid: number): string | undefined {
  try {
    if (process.platform === "linux") return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    return execFileSync("ps", ["-ww", "-o", "command=", "-p", String(pid)], { encoding: "utf8", stdio: "pipe" });
  } catch {
    return undefined;
  }
}

function isSameFolder(one: string, other: string): boolean {
  const [first, second] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }));
  return first !== undefined && first.dev === second?.dev && first.ino === second.ino;
}
