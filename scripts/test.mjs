// Runs every test and says what came of it: `npm test`, or some with `npm test -- server/domain` or `npm test -- e2e`.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { bringBrowser, bringPrograms } from "./programs.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const results = join(root, "test-results");
const began = Date.now();
const args = process.argv.slice(2);
const journeys = args.filter((arg) => arg.startsWith("e2e"));
const others = args.filter((arg) => !arg.startsWith("e2e"));

/**
 * For glibc's malloc, on Linux, in all that tests start: memory comes in huge pages and is kept. In a virtual machine, where a fault of
 * a small one is dear, a process starts with a fifth less work. Elsewhere nobody reads it.
 */
const MALLOC = [
  ["hugetlb", 1],
  ["top_pad", 4 << 20],
  ["trim_threshold", 256 << 20],
  ["mmap_threshold", 256 << 20],
];
const GLIBC_TUNABLES = MALLOC.map(([name, value]) => `glibc.malloc.${name}=${value}`).join(":");

// A Ctrl-C reaches the runners too; they end what they started, and we end after them.
process.on("SIGINT", () => {});
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

if (args.length === 0) bringPrograms();
const parts = [];
if (args.length === 0 || others.length > 0) parts.push(await vitest(others));
if (args.length === 0 || journeys.length > 0) parts.push(await playwright(journeys));
const total = (field) => parts.reduce((sum, part) => sum + part[field], 0);
const summary = {
  passed: total("passed"),
  failed: total("failed"),
  skipped: total("skipped"),
  seconds: Math.round((Date.now() - began) / 1000),
  failures: parts.flatMap(({ failures = [] }) => failures),
};
writeFileSync(join(results, "summary.json"), JSON.stringify(summary));
for (const failure of summary.failures) console.log(failure);
console.log(`tests: ${summary.passed + summary.failed} run in ${summary.seconds} s`);
console.log(`${summary.passed} passed, ${summary.failed} failed, ${summary.skipped} skipped`);
process.exit(summary.failed === 0 ? 0 : 1);

async function vitest(files) {
  const report = join(results, "vitest.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const code = await run("vitest/vitest.mjs", ["run", ...reporters, ...files]);
  const {
    numPassedTests: passed = 0,
    numFailedTests = 0,
    numPendingTests = 0,
    numTodoTests = 0,
    testResults = [],
  } = read(report);
  // What fails outside any test, such as a file that does not load, counts as a failed test.
  const unloadable = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  );
  const failures = [
    ...unloadable.map(({ name, message }) => summarise(name, "does not load", message)),
    ...testResults.flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter(({ status }) => status === "failed")
        .map(({ fullName, failureMessages: [message] }) => summarise(name, fullName, message)),
    ),
  ];
  const failed = numFailedTests + unloadable.length;
  return { ...count(code, passed, failed, numPendingTests + numTodoTests), failures };
}

async function playwright(files) {
  const report = join(results, "playwright.json");
  try {
    await bringBrowser();
  } catch (error) {
    console.error(error.message);
    return count(1, 0, 1, 0);
  }
  const code = await run("@playwright/test/cli.js", ["test", "--reporter=list,json", ...files], {
    PLAYWRIGHT_JSON_OUTPUT_NAME: report,
  });
  const { stats = {}, suites = [] } = read(report);
  const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = stats;
  const failures = specsOf(suites)
    .filter(({ ok }) => !ok)
    .map(({ file, title, tests }) => summarise(`e2e/${file}`, title, tests.at(-1)?.results.at(-1)?.error?.message));
  return { ...count(code, expected + flaky, unexpected, skipped), failures };
}

function specsOf(suites) {
  return suites.flatMap(({ specs = [], suites: inner = [] }) => [...specs, ...specsOf(inner)]);
}

/** A failed test in a few lines, to be found at the end of a long run. */
function summarise(file, name, message = "") {
  const lines = stripVTControlCharacters(message).split("\n").filter(Boolean).slice(0, 8);
  return [`failed: ${relative(root, resolve(root, file))}: ${name}`, ...lines].join("\n    ");
}

/** A runner that failed without naming a test still failed. */
function count(code, passed, failed, skipped) {
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed, skipped };
}

function read(report) {
  return existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : {};
}

function run(script, scriptArgs, env = {}) {
  const child = spawn(process.execPath, [join(root, "node_modules", script), ...scriptArgs], {
    cwd: root,
    stdio: "inherit",
    env: { GLIBC_TUNABLES, ...process.env, ...env },
  });
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise((resolve) => child.on("close", resolve));
}
