import { fork } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { projectRoot } from "../server/persistence/project-root.ts";
import type { Handlers } from "./child.ts";

/** A process of its own that answers questions. */
export interface BenchProcess<H extends Handlers> {
  ask<K extends keyof H & string>(name: K, argument?: Parameters<H[K]>[0]): Promise<Awaited<ReturnType<H[K]>>>;
  stop(): Promise<void>;
}

/** `npm run bench -- rest --cpu-prof` leaves a profile of each process in the current folder. */
const profiling = process.argv.filter((argument) => argument.startsWith("--cpu-prof"));

/** As `npm start` has it; what we are compared with has it, too. */
export const nursery = "--max-semi-space-size=64";

let bundling: Promise<string> | undefined;

/** Starts one of the programs below, bundled as a release is. */
export async function startProcess<H extends Handlers>(
  program: (typeof programs)[number],
  { args = [], node = [] }: { args?: string[]; node?: string[] } = {},
): Promise<BenchProcess<H>> {
  bundling ??= bundle();
  const file = join(await bundling, `${program}.js`);
  const child = fork(file, args, {
    execArgv: [nursery, ...node, ...profiling],
    env: { PATH: process.env.PATH, NODE_ENV: "production" },
  });
  const waiting = new Map<number, { resolve(result: never): void; reject(error: Error): void }>();
  let asked = 0;
  const started = once(child, "message");
  child.on("message", ({ id, result, error }: { id: number; result?: never; error?: string }) => {
    const caller = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) caller?.resolve(result as never);
    else caller?.reject(new Error(`${program}: ${error}`));
  });
  child.on("exit", (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`${program} ended with ${code}`));
  });
  await Promise.race([started, once(child, "exit").then(() => Promise.reject(new Error(`${program} did not start`)))]);
  return {
    ask: (name, argument) =>
      new Promise((resolve, reject) => {
        const id = ++asked;
        waiting.set(id, { resolve, reject });
        child.send({ id, name, argument });
      }),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}

const programs = ["api-server", "job-worker", "socketio-server", "ws-server", "load"] as const;

async function bundle(): Promise<string> {
  const outdir = join(projectRoot(), "node_modules/.cache/parley-bench", String(process.pid));
  await build({
    absWorkingDir: projectRoot(),
    entryPoints: Object.fromEntries(programs.map((name) => [name, `bench/${name}.ts`])),
    outdir,
    bundle: true,
    splitting: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20.19",
    logLevel: "warning",
  });
  process.once("exit", () => rmSync(outdir, { recursive: true, force: true }));
  return outdir;
}
