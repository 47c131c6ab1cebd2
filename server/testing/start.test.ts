import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectRoot } from "../persistence/project-root.ts";
import {
  cleanUp,
  freePort,
  isAlive,
  isFree,
  newFolder,
  newPlace,
  type Place,
  type Started,
  start,
  startReady,
  until,
} from "./started-service.ts";

// The real thing, as a person starts it: npm, its own folder and port, real signals.

// Far beyond what it takes, because the machine may be busy with other tests.
const LIMIT = 180_000;
const STACK_TRACE = /^\s+at /m;
const root = projectRoot();

beforeAll(() => {
  execFileSync(process.execPath, [join(root, "scripts/setup.mjs"), "start"], { stdio: "inherit" });
}, 120_000);

afterAll(cleanUp);

describe("npm start", { timeout: LIMIT }, () => {
  // One folder for all of them, one after the other: making a database and seeding it are the dearest part of a start.
  let place: Place;
  beforeAll(async () => {
    place = await newPlace();
  });

  test("starts, keeps its data over SIGTERM to npm, and leaves nothing behind", async () => {
    const first = await startReady(place);
    const chat = await createChat(first, "Kept");
    first.process.kill("SIGTERM");
    await expectGone(first, 0);

    const second = await startReady(place);
    expect(second.seconds).toBeLessThan(10);
    expect(await chatIds(second)).toContain(chat);
    // A signal to the whole group reaches npm, which passes it on, and the service itself: one stop, not two.
    process.kill(-second.pid, "SIGINT");
    await expectGone(second);
    expect(second.output).not.toMatch(/stopping at once/);
    expect(second.output).not.toMatch(STACK_TRACE);
  });

  test("prints a curl line that works when pasted", async () => {
    const started = await startReady(place);
    const line = /Try +(curl .*)/.exec(started.output)?.[1] ?? "";
    const answer = execFileSync("sh", ["-c", line], { cwd: "/", encoding: "utf8" });
    expect(JSON.parse(answer)).toHaveProperty("data");
    process.kill(-started.pid, "SIGTERM");
    await expectGone(started);
  });

  test("after a kill the children end by themselves, and the next start takes the database over", async () => {
    const first = await startReady(place);
    const chat = await createChat(first, "Acknowledged before the kill");
    const [main = 0, ...children] = first.ours();
    process.kill(first.pid, "SIGKILL");
    process.kill(main, "SIGKILL");
    await until(() => children.every((pid) => !isAlive(pid)));
    expect(isAlive(first.postmaster())).toBe(true);

    const second = await startReady(place);
    expect(second.output).toContain("Found the Postgres of an earlier run");
    expect(await chatIds(second)).toContain(chat);
    second.process.kill("SIGTERM");
    await expectGone(second, 0);
  });

  test("starts a role or the database again when it dies", async () => {
    const started = await startReady(place);
    const [, web = 0, worker = 0] = started.ours();
    process.kill(web, "SIGKILL");
    process.kill(worker, "SIGKILL");
    process.kill(started.postmaster(), "SIGKILL");
    for (const line of ["web runs again", "worker runs again", "Postgres runs again"]) {
      await until(() => started.output.includes(line));
    }
    await until(async () => (await fetch(`${started.address}/readyz`)).ok);
    process.kill(-started.pid, "SIGTERM");
    await expectGone(started);
  });

  test("runs in a folder that nobody else may enter, as root too", async () => {
    const closed = { dataDir: newFolder("700"), port: await freePort() };
    const first = await startReady(closed);
    const chat = await createChat(first, "Behind a closed door");
    first.process.kill("SIGTERM");
    await expectGone(first, 0);
    const second = await startReady(closed);
    expect(await chatIds(second)).toContain(chat);
    second.process.kill("SIGTERM");
    await expectGone(second, 0);
  });

  test("a signal in the middle of the start ends it cleanly", async () => {
    const started = start(place);
    await until(() => started.output.includes("parley: Postgres:"));
    process.kill(-started.pid, "SIGINT");
    await expectGone(started);
    expect(started.output).not.toMatch(STACK_TRACE);
  });

  test("refuses a second start on its folder and one on its port, each in one line", async () => {
    const running = await startReady(place);
    const twin = await refuse({ DATA_DIR: place.dataDir, PORT: String(await freePort()) });
    expect(twin).toMatch(/^parley: Parley runs already on .* \(process \d+\)/);
    const neighbour = await refuse({ DATA_DIR: newFolder(), PORT: String(place.port) });
    expect(neighbour).toMatch(/^parley: Port \d+ is in use on 127\.0\.0\.1/);
    expect((await fetch(`${running.address}/healthz`)).ok).toBe(true);
    process.kill(-running.pid, "SIGTERM");
    await expectGone(running);
  });
});

describe("what is wrong is said in one line", { timeout: LIMIT }, () => {
  test.each([
    [
      "DATABASE_URL without AUTH_SECRET",
      { DATABASE_URL: "postgres://nobody@127.0.0.1:1/x" },
      /DATABASE_URL needs AUTH_SECRET/,
    ],
    [
      "a database that is not there",
      { DATABASE_URL: "postgres://nobody@127.0.0.1:1/x", AUTH_SECRET: "s".repeat(32) },
      /127\.0\.0\.1:1/,
    ],
    ["a port that is no number", { PORT: "many" }, /PORT must be a whole number/],
    ["an unknown role", { ROLES: "api,sockets" }, /ROLES must be some of/],
    ["web without api", { ROLES: "web" }, /ROLES has web without api/],
    ["a file in the place of the folder", { DATA_DIR: "/etc/hosts/data" }, /DATA_DIR .* cannot be used/],
  ])("%s", async (_, environment, line) => {
    expect(await refuse({ DATA_DIR: newFolder(), PORT: String(await freePort()), ...environment })).toMatch(line);
  });
});

/** Starts what cannot start and returns the one line it says. */
async function refuse(environment: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, [join(root, "dist/main.js")], {
    cwd: "/",
    env: { PATH: process.env.PATH, ...environment } as unknown as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const [code] = await once(child, "close");
  expect(code).toBe(1);
  // A part that was up before the fault was found has said so.
  const lines = output
    .split("\n")
    .filter((line) => line.startsWith("parley:") && !/^parley: \w+: [\d.]+ s$/.test(line));
  expect(lines).toHaveLength(1);
  expect(output).not.toMatch(STACK_TRACE);
  return lines[0] ?? "";
}

/** Everything has ended, Postgres too, and the port is free. */
async function expectGone(started: Started, code?: number): Promise<void> {
  const pids = [...started.ours(), started.postmaster()].filter((pid) => pid > 0);
  await until(() => [started.pid, ...pids].every((pid) => !isAlive(pid)));
  if (code !== undefined) expect(started.process.exitCode).toBe(code);
  expect(started.postmaster()).toBe(0);
  expect(await isFree(started.place.port)).toBe(true);
}

async function createChat(started: Started, name: string): Promise<string> {
  const response = await call(started, "POST", { name, memberUserIds: [] });
  expect(response.status).toBe(201);
  return ((await response.json()) as { id: string }).id;
}

async function chatIds(started: Started): Promise<string[]> {
  const { data } = (await (await call(started, "GET")).json()) as { data: { id: string }[] };
  return data.map(({ id }) => id);
}

function call({ address, place }: Started, method: string, body?: object): Promise<Response> {
  const { tenantId, users } = JSON.parse(readFileSync(join(place.dataDir, "demo.json"), "utf8"));
  return fetch(`${address}/tenant/${tenantId}/v1/Chat`, {
    method,
    headers: { authorization: `Bearer ${users[0].token}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
}
