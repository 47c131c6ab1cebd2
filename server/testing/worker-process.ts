import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { build } from "esbuild";
import { projectRoot } from "../persistence/project-root.ts";
import type { WorkerOrder } from "./worker-entry.ts";

/** A worker in a process of its own, which a test may kill. */
export interface WorkerProcess {
  /** Resolves when it works; rejects when it ends before. */
  ready: Promise<void>;
  /** Resolves when it has ended, with the signal that ended it. */
  ended: Promise<NodeJS.Signals | null>;
  /** SIGKILL; resolves when it has ended. */
  kill(): Promise<void>;
}

/**
 * Bundles the worker as it is now; starts as many processes of it as are asked for. One more waits, loaded, for its order: so the next
 * one is soon there.
 */
export async function openWorkers(): Promise<{ start(order: WorkerOrder): WorkerProcess; close(): Promise<void> }> {
  const folder = join(projectRoot(), "node_modules/.cache/parley-tests", `worker-${process.pid}`);
  await build({
    absWorkingDir: projectRoot(),
    entryPoints: { worker: "server/testing/worker-entry.ts" },
    outdir: folder,
    bundle: true,
    // Everything in one file is up in half the time. The queue looks for files beside its own.
    external: ["graphile-worker", "graphile-worker/*", "pg-native"],
    define: { "process.env.NODE_ENV": '"production"' },
    banner: { js: banner },
    platform: "node",
    format: "esm",
    target: "node20.19",
    logLevel: "warning",
  });
  const file = join(folder, "worker.js");
  const running: WorkerProcess[] = [];
  let spare = load(file);
  return {
    start: (order) => {
      const child = spare;
      spare = load(file);
      const worker = startProcess(child, order);
      running.push(worker);
      return worker;
    },
    close: async () => {
      spare.kill("SIGKILL");
      await Promise.all(running.map((worker) => worker.kill()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What CommonJS files find everywhere and a module does not. */
const banner = `import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const __filename = import.meta.filename, __dirname = import.meta.dirname;`;

type Child = ChildProcessByStdio<Writable, Readable, null>;

function load(file: string): Child {
  return spawn(process.execPath, [file], {
    env: { PATH: process.env.PATH, NODE_ENV: "production" },
    stdio: ["pipe", "pipe", "inherit"],
  });
}

function startProcess(child: Child, order: WorkerOrder): WorkerProcess {
  child.stdin.end(JSON.stringify(order));
  const ended = once(child, "exit").then(([, signal]) => signal as NodeJS.Signals | null);
  const ready = Promise.race([
    once(child.stdout, "data").then(() => {}),
    ended.then(() => Promise.reject(new Error("The worker ended before it was ready"))),
  ]);
  ready.catch(() => {}); // one that is to die may do so before
  return { ready, ended, kill: () => kill(child, ended) };
}

async function kill(child: Child, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  await ended;
}
