import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { bundleOf } from "./bundles.ts";
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
 * Starts as many processes of the worker as are asked for. One more waits, loaded, for its order: so the next one is soon
 * there.
 */
export async function openWorkers(): Promise<{ start(order: WorkerOrder): WorkerProcess; close(): Promise<void> }> {
  const file = await bundleOf("worker");
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
    },
  };
}

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
