import { closeSync, openSync } from "node:fs";
import { runAsChild } from "../supervisor/child.ts";
import { Child } from "../supervisor/children.ts";

// Of a process of its own, which may open few files: starts itself as a child while that cannot be done, for the reason it is given, and
// until the first word about it. Says what it hears of it.
const node = process.execPath;
const open: number[] = [];
const environment: Record<string, string> = {};
const reasons: Record<string, { hinder(): void; mend(): void }> = {
  files: { hinder: openAll, mend: () => open.splice(0).forEach(closeSync) },
  program: { hinder: () => (process.execPath = "/nowhere"), mend: () => (process.execPath = node) },
  size: { hinder: () => (environment.LONG = "x".repeat(2 ** 18)), mend: () => delete environment.LONG },
};

if (process.send) runAsChild("test", async () => ({ port: 7, close: async () => {} }));
else await startHindered(reasons[process.argv[2] ?? ""]);

async function startHindered(reason = reasons.files): Promise<void> {
  const say = (line: string) => {
    reason?.mend();
    console.log(line);
  };
  reason?.hinder();
  const entry = new URL(import.meta.url);
  const child = new Child({ role: "web", entry, settings: {}, environment, say });
  const waiting = setInterval(() => {}, 1000); // what waits to try again keeps no process alive
  await child.ready();
  console.log(`port ${child.port}`);
  await child.stop();
  clearInterval(waiting);
}

function openAll(): void {
  try {
    for (;;) open.push(openSync("/dev/null", "r"));
  } catch {
    // None is left.
  }
}
