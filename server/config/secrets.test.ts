import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { keepAuthSecret } from "./secrets.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "parley-secret-"));
  file = join(folder, "auth-secret");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What it says in a process of its own, under limits of the shell. */
function keepWithin(limits: string, before = ""): string {
  const script = `
    import { openSync } from "node:fs";
    import { keepAuthSecret } from ${JSON.stringify(fileURLToPath(new URL("./secrets.ts", import.meta.url)))};
    ${before}
    let said = "nothing";
    try { keepAuthSecret(${JSON.stringify(folder)}) } catch (error) { said = error.name + ": " + error.message }
    console.log(said);`;
  const line = `ulimit ${limits}; exec "$0" --import tsx --input-type=module -e "$1"`;
  return execFileSync("sh", ["-c", line, process.execPath, script], { encoding: "utf8" });
}

describe("the secret that is kept in DATA_DIR", () => {
  test("is made once", () => {
    const secret = keepAuthSecret(folder);
    expect(secret).toHaveLength(43);
    expect(keepAuthSecret(folder)).toBe(secret);
  });

  test("stays where it cannot be read, because this process has too many files open", () => {
    writeFileSync(file, `${"s".repeat(43)}\n`);
    expect(keepWithin("-n 64", 'try { for (;;) openSync("/dev/null") } catch {}')).toMatch(
      /^StartError: .*too many files/,
    );
    expect(readFileSync(file, "utf8")).toBe(`${"s".repeat(43)}\n`);
  });

  test("is not made anew beside a database that was used with another, unless that is asked for", () => {
    mkdirSync(join(folder, "postgres"));
    writeFileSync(join(folder, "postgres.json"), JSON.stringify({ folder: "postgres", initialised: true }));
    expect(keepAuthSecret(folder)).toHaveLength(43); // its database is gone
    rmSync(file);
    writeFileSync(join(folder, "postgres", "PG_VERSION"), "18\n");
    expect(() => keepAuthSecret(folder)).toThrow(/auth-secret is missing, .* set AUTH_SECRET .* new-secret/);
    expect(existsSync(file)).toBe(false);
    expect(keepAuthSecret(folder, true)).toHaveLength(43);
  });

  test("is not left half made, where there is no room for it", () => {
    expect(keepWithin("-f 0")).toContain("EFBIG");
    expect(existsSync(file)).toBe(false);
  });
});
