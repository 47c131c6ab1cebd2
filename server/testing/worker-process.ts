import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { projectRoot } from "../persistence/project-root.ts";
import type { WorkerOrder } from "./worker-entry.ts";

/** A worker in a process of its own, which a test may kill. */
export interface WorkerProcess {
  /** Resolves when it works; rejects when it ends before. */
  ready: Promise<void>;
  /** Resolves when it has ended. */
  ended: Promise<void>;
  /** SIGKILL; resolves when it has ended. */
  kill(): Promise<void>;
}

/** Bundles the worker as it is now; starts as many processes of it as are asked for. */
export async function openWorkers(): Promise<{ start(order: WorkerOrder): WorkerProcess; close(): Promise<void> }> {
  const { dependencies } = JSON.parse(readFileSync(join(projectRoot(), "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const folder = join(projectRoot(), "node_modules/.cache/parley-tests", `worker-${process.pid}`);
  await build({
    absWorkingDir: projectRoot(),
    entryPoints: { worker: "server/testing/worker-entry.ts" },
    outdir: folder,
    bundle: true,
    // react-email takes longer to load whole than everything else of a worker; bundled, only what is used of it is there.
    external: Object.keys(dependencies)
      .filter((name) => name !== "react-email")
      .flatMap((name) => [name, `${name}/*`]),
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    platform: "node",
    format: "esm",
    target: "node20.19",
    logLevel: "warning",
  });
  const running: WorkerProcess[] = [];
  return {
    start: (order) => {
      const worker = startProcess(join(folder, "worker.js"), order);
      running.push(worker);
      return worker;
    },
    close: async () => {
      await Promise.all(running.map((worker) => worker.kill()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function startProcess(file: string, order: WorkerOrder): WorkerProcess {
  const child = spawn(process.execPath, [file], {
    env: { PATH: process.env.PATH, NODE_ENV: "production", ORDER: JSON.stringify(order) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit").then(() => {});
  const ready = Promise.race([
    once(child.stdout, "data").then(() => {}),
    ended.then(() => Promise.reject(new Error("The worker ended before it was ready"))),
  ]);
  ready.catch(() => {}); // one that is to die may do so before
  return { ready, ended, kill: () => kill(child, ended) };
}

async function kill(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  await ended;
}
