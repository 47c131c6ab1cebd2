import { isAbsolute, join } from "node:path";

/** The file with everything to try things with, as a command in the folder that the service was started from names it. */
export function demoFile(): string {
  const file = join(process.env.DATA_DIR || ".data", "demo.json");
  return isAbsolute(file) ? file : `./${file}`;
}
