import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { projectRoot } from "../persistence/project-root.ts";
import { freePort } from "./free-port.ts";

const root = projectRoot();
const folders: string[] = [];
const processes: Started[] = [];

export interface Place {
  dataDir: string;
  port: number;
}

/** `npm start` in its own folder and on its own port, as a person would run it. */
export class Started {
  output = "";
  readonly address: string;
  readonly began = Date.now();
  seconds = Number.NaN;

  readonly process: ChildProcess;
  readonly place: Place;

  constructor(child: ChildProcess, place: Place) {
    this.process = child;
    this.place = place;
    this.address = `http://127.0.0.1:${place.port}`;
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (this.output += chunk));
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  /** The main process, web and worker, as the welcome names them. */
  ours(): number[] {
    return [...this.output.matchAll(/\(process (\d+)\)/g)].map((match) => Number(match[1]));
  }

  postmaster(): number {
    const file = join(databaseFolder(this.place), "postmaster.pid");
    return existsSync(file) ? Number(readFileSync(file, "utf8").split("\n")[0]) : 0;
  }

  killEverything(): void {
    for (const pid of [-this.pid, ...this.ours(), this.postmaster()]) if (isAlive(pid)) process.kill(pid, "SIGKILL");
  }
}

/** Where its database is: elsewhere than in DATA_DIR when Postgres cannot get in there. */
function databaseFolder({ dataDir }: Place): string {
  const file = join(dataDir, "postgres.json");
  return existsSync(file) ? resolve(dataDir, JSON.parse(readFileSync(file, "utf8")).folder) : dataDir;
}

export interface StartOptions {
  /** Of npm: `start` unless told. */
  script?: "start" | "dev";
  /** Where the clone is, if not here. */
  folder?: string;
  environment?: Record<string, string>;
}

// Remembered, so that a test that fails leaves no process.
export function start(place: Place, { script = "start", folder = root, environment = {} }: StartOptions = {}): Started {
  // The test runner puts variables of its own into the environment, BASE_URL among them.
  const { BASE_URL, NODE_ENV, ...ours } = process.env;
  const child = spawn("npm", ["run", script], {
    cwd: folder,
    env: { ...ours, DATA_DIR: place.dataDir, PORT: String(place.port), ...environment } as unknown as NodeJS.ProcessEnv,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const started = new Started(child, place);
  processes.push(started);
  return started;
}

/** @throws Error with all it has printed, when it ends before it is ready. */
export async function startReady(place: Place, options: StartOptions = {}): Promise<Started> {
  const started = start(place, options);
  const over = () => started.process.exitCode !== null;
  let [lost, last] = [0, Date.now()];
  await until(() => {
    const now = Date.now();
    if (now - last > 500) lost += now - last;
    last = now;
    return started.output.includes("Parley is ready") || over();
  }, 90_000);
  if (over()) throw new Error(`The service did not start:\n${started.output}`);
  // What the whole machine stood still in is not the service's.
  started.seconds = (Date.now() - started.began - lost) / 1000;
  return started;
}

/** Everything has ended, Postgres too, and the port is free. */
export async function expectGone(started: Started, code?: number): Promise<void> {
  const pids = [...started.ours(), started.postmaster()].filter((pid) => pid > 0);
  await until(() => [started.pid, ...pids].every((pid) => !isAlive(pid)));
  if (code !== undefined) expect(started.process.exitCode).toBe(code);
  expect(started.postmaster()).toBe(0);
  expect(await isFree(started.place.port)).toBe(true);
}

/** The line that a start says to paste, pasted: what it prints, read as JSON. */
export function pasteCurl(started: Started): unknown {
  const line = /Try +(curl .*)/.exec(started.output)?.[1] ?? "";
  return JSON.parse(execFileSync("sh", ["-c", line], { cwd: "/", encoding: "utf8" }));
}

export async function newPlace(): Promise<Place> {
  return { dataDir: newFolder(), port: await freePort() };
}

// Not made yet: the service makes it, and as root with a mode that lets Postgres' user through.
export function newFolder(mode = "755"): string {
  const parent = mkdtempSync(join(tmpdir(), "parley-start-"));
  execFileSync("chmod", [mode, parent]);
  folders.push(parent);
  return join(parent, "data");
}

export async function until(condition: () => boolean | Promise<boolean>, limit = 60_000): Promise<void> {
  const deadline = Date.now() + limit;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Still not so after ${limit / 1000} s: ${condition}`);
    await sleep(50);
  }
}

export function isAlive(pid: number): boolean {
  try {
    return pid !== 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** Ends whatever a failed test has left running and removes all folders, also those outside DATA_DIR. */
export async function cleanUp(): Promise<void> {
  for (const started of processes) {
    folders.push(dirname(databaseFolder(started.place)));
    started.killEverything();
  }
  await sleep(100);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
