// Runs every test and says what came of it: `npm test`, or some with `npm test -- server/domain`.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const results = join(root, "test-results");
const report = join(results, "vitest.json");
const began = Date.now();

mkdirSync(results, { recursive: true });
rmSync(report, { force: true });
const code = await vitest(process.argv.slice(2));
const summary = summarise(code);
writeFileSync(join(results, "summary.json"), JSON.stringify(summary));
const { passed, failed, skipped, seconds } = summary;
console.log(`tests: ${passed + failed} run in ${seconds} s`);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed === 0 ? 0 : 1);

function vitest(args) {
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const child = spawn(process.execPath, [join(root, "node_modules/vitest/vitest.mjs"), "run", ...reporters, ...args], {
    cwd: root,
    stdio: "inherit",
  });
  // A Ctrl-C reaches both of us; vitest ends its workers, and we end after it.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise((resolve) => child.on("close", resolve));
}

/** What fails outside any test, such as a file that does not load, counts as a failed test. */
function summarise(code) {
  const found = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : {};
  const { numPassedTests: passed = 0, numPendingTests = 0, numTodoTests = 0, testResults = [] } = found;
  const unloadable = testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  );
  const failed = (found.numFailedTests ?? 0) + unloadable.length;
  const seconds = Math.round((Date.now() - began) / 1000);
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed, skipped: numPendingTests + numTodoTests, seconds };
}
