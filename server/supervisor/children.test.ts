import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const hindered = fileURLToPath(new URL("../testing/hindered-child.ts", import.meta.url));

test.each([
  ["too many files are open", "files", "EMFILE"],
  ["its program is not there just now", "program", "ENOENT"],
  ["the system refuses it at once", "size", "E2BIG"],
])("a child that cannot be forked, because %s, is tried again", async (_why, reason, code) => {
  const line = 'ulimit -n 512; exec "$0" --import tsx "$@"';
  const { stdout } = await promisify(execFile)("sh", ["-c", line, process.execPath, hindered, reason]);
  const said = new RegExp(`^web ended \\(.*${code}\\); it is started again in 0.5 s$`);
  expect(stdout.trim().split("\n")).toEqual([expect.stringMatching(said), "port 7"]);
});
