import { execFile } from "node:child_process";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";

const run = promisify(execFile);
const home = () => process.env.PARLEY_E2E_HOME ?? process.cwd();

/** A fenced block of the README, with the product's own address: nothing else is edited. */
async function block(language: string, containing: string): Promise<string> {
  const readme = await readFile("README.md", "utf8");
  const blocks = [...readme.matchAll(/```(\w+)\n([\s\S]*?)```/g)];
  const found = blocks.find(([, name, text]) => name === language && text?.includes(containing))?.[2];
  if (!found) throw new Error(`README.md has no ${language} block with ${containing}`);
  return found.replaceAll("http://localhost:3000", process.env.PARLEY_E2E_URL ?? "");
}

test("the README's curl lines make a chat, send and read", async () => {
  const { stdout } = await run("bash", ["-e", "-c", await block("sh", "Hello from curl")], { cwd: home() });
  const answers = stdout.match(/"content":"Hello from curl"/g);
  expect(answers).toHaveLength(2);
});

test("the README's TypeScript program hears what it sends", async () => {
  // Where a reader would save it: beside package.json, with the packages and the demo's file in reach.
  const folder = join(process.cwd(), "test-results", `readme-${process.pid}`);
  await mkdir(join(folder, ".data"), { recursive: true });
  await cp(join(home(), ".data/demo.json"), join(folder, ".data/demo.json"));
  await writeFile(join(folder, "package.json"), '{"type": "module"}');
  await writeFile(join(folder, "try.ts"), await block("ts", "HubConnectionBuilder"));
  const { stdout } = await run(process.execPath, ["--import", "tsx", "try.ts"], { cwd: folder, timeout: 30_000 });
  expect(stdout).toContain("hears: Hello from TypeScript");
});
