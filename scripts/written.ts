import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../server/persistence/project-root.ts";

/** Writes a file of the project; with --check it only says `fault` where the file says something else, and the process fails. */
export function writeOrCheck(path: string, wanted: string, fault: string): void {
  const file = join(projectRoot(), path);
  if (!process.argv.includes("--check")) writeFileSync(file, wanted);
  else if (!existsSync(file) || readFileSync(file, "utf8") !== wanted) {
    console.error(fault);
    process.exitCode = 1;
  }
}

/** The same for what stands between two markers. Throws Error where they are missing. */
export function writeBetween(path: string, [start, end]: [string, string], wanted: string, fault: string): void {
  const [before, rest] = readFileSync(join(projectRoot(), path), "utf8").split(start);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${path} lacks ${start} … ${end}.`);
  writeOrCheck(path, `${before}${start}${wanted}${end}${after}`, fault);
}
