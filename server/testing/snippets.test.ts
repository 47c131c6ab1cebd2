import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isInstalled } from "./installed.ts";
import { type Stack, startStack, type TestTenant } from "./stack.ts";

// The programs of the guides, unedited, as a reader starts them. A guide's programs share a tenant: each must work where others have run.

const run = promisify(execFile);
const root = "docs/snippets";
const guides = readdirSync(root);
// Where packages are found, as in a reader's folder after npm install.
const scratch = mkdtempSync("node_modules/.cache/parley-snippets-");

let stack: Stack;
const tenants = new Map<string, Promise<TestTenant>>();
const turns = new Map<string, Promise<unknown>>();

beforeAll(async () => {
  stack = await startStack();
});
afterAll(async () => {
  await stack.close();
  await rm(scratch, { recursive: true, force: true });
});

const expected = (guide: string) => readFileSync(join(root, guide, "output.txt"), "utf8");

/** A guide's programs one after another: each would hear what another says to the same person meanwhile. */
function outputOf(guide: string, command: string, args: string[]): Promise<string> {
  const turn = (turns.get(guide) ?? Promise.resolve()).then(() => runProgram(guide, command, args));
  turns.set(
    guide,
    turn.catch(() => {}),
  );
  return turn;
}

async function runProgram(guide: string, command: string, args: string[]): Promise<string> {
  const tenant = tenants.get(guide) ?? stack.tenant(`guide-${guide}`);
  tenants.set(guide, tenant);
  const { tenantId, primaryKey } = await tenant;
  const env = { ...process.env, PARLEY_URL: stack.url, PARLEY_TENANT: tenantId, PARLEY_API_KEY: primaryKey };
  // In a folder of their own, for programs that leave a file behind.
  const { stdout } = await run(command, args, { cwd: mkdtempSync(join(scratch, `${guide}-`)), env, timeout: 60_000 });
  return stdout;
}

const file = (guide: string, name: string) => join(process.cwd(), root, guide, name);

// One after another in a language, the languages beside each other: no more programs at once than a small machine has cores for.
describe.concurrent("the programs of the guides print what the guides say", () => {
  test("in TypeScript", { timeout: 300_000 }, async () => {
    for (const guide of guides) {
      // What tsx does before it starts a program, without starting all of tsx each time.
      const { code } = await transform(readFileSync(file(guide, "main.ts"), "utf8"), { loader: "ts" });
      const program = join(process.cwd(), scratch, `${guide}.mjs`);
      await writeFile(program, code);
      expect(await outputOf(guide, process.execPath, [program]), guide).toBe(expected(guide));
    }
  });

  test("for curl and in Python", { timeout: 300_000 }, async ({ skip }) => {
    for (const guide of guides)
      expect(await outputOf(guide, "bash", [file(guide, "curl.sh")]), `${guide}, curl`).toBe(expected(guide));
    if (!isInstalled("python3")) skip("Python is not run: no python3 is installed here");
    for (const guide of guides)
      expect(await outputOf(guide, "python3", [file(guide, "main.py")]), `${guide}, Python`).toBe(expected(guide));
  });

  test("in C#, where there is a .NET SDK to compile them", { timeout: 600_000 }, async ({ skip }) => {
    for (const guide of guides) expect(readFileSync(file(guide, "Main.cs"), "utf8"), guide).toContain("PARLEY_API_KEY");
    if (!isInstalled("dotnet")) skip("C# is not run: no .NET SDK is installed here");
    for (const guide of guides) {
      const project = join(scratch, `csharp-${guide}`);
      await mkdir(project);
      await writeFile(join(project, "Guide.csproj"), csproj(await dotnetVersion()));
      await cp(file(guide, "Main.cs"), join(project, "Main.cs"));
      await run("dotnet", ["build", "--nologo", "-v", "quiet", project], { timeout: 120_000 });
      const program = join(project, "bin/Debug", `net${await dotnetVersion()}`, "Guide.dll");
      expect(await outputOf(guide, "dotnet", [program]), guide).toBe(expected(guide));
    }
  });
});

test.each(["main.ts", "main.py", "Main.cs"])(
  "the program on coming back, %s, hears that it was away too long",
  (name) => {
    expect(readFileSync(file("message-events", name), "utf8")).toMatch(/"resync"/i);
  },
);

/** Of the SDK, as frameworks are named: 8.0, 10.0. */
async function dotnetVersion(): Promise<string> {
  const { stdout } = await run("dotnet", ["--version"]);
  return stdout.split(".").slice(0, 2).join(".");
}

function csproj(version: string): string {
  return `<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net${version}</TargetFramework>
<ImplicitUsings>enable</ImplicitUsings><Nullable>enable</Nullable></PropertyGroup></Project>`;
}
