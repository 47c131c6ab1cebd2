import { execFile } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { transform } from "esbuild";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type Stack, startStack } from "../../testing/stack.ts";

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.close());

test("the program of the documentation, as it stands there, calls and hears what it has said", async () => {
  const tenant = await stack.tenant("acme");
  const page = await readFile("docs/protocols/trpc.md", "utf8");
  const [, source = ""] = /```ts\n(.*?)```/s.exec(page) ?? [];
  // Where packages are found, as in a reader's folder after npm install.
  const scratch = mkdtempSync("node_modules/.cache/parley-trpc-");
  onTestFinished(() => rm(scratch, { recursive: true }));
  const file = join(process.cwd(), scratch, "main.mjs");
  await writeFile(file, (await transform(source, { loader: "ts" })).code);
  const env = { ...process.env, PARLEY_URL: stack.url, PARLEY_TOKEN: await tenant.token("reader") };
  const socket = "--experimental-websocket"; // which Node 20 has only when it is told so
  const { stdout } = await promisify(execFile)(process.execPath, [socket, file], { env, timeout: 30_000 });
  expect(stdout).toBe("message.created: Ahoy\n");
});
