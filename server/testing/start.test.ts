import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectRoot } from "../persistence/project-root.ts";
import { freePort } from "./free-port.ts";
import { createTestDatabase } from "./postgres.ts";
import {
  cleanUp,
  expectGone,
  isAlive,
  newFolder,
  newPlace,
  type Place,
  pasteCurl,
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
  // One folder for all of them, one after the other: making a database and seeding it are the dearest part of a start. What one has
  // started the next goes on with, and where that has failed, one of its own.
  let place: Place;
  let running: Started | undefined;
  beforeAll(async () => {
    place = await newPlace();
  });
  const takeOver = async () => {
    const taken = running && running.process.exitCode === null ? running : await startReady(place);
    running = undefined;
    return taken;
  };

  test("keeps all that 16 writers got acknowledged over SIGTERM to npm and SIGINT to its group, and leaves nothing", async () => {
    const first = await startReady(place);
    expectWelcome(first);
    expect(pasteCurl(first)).toHaveProperty("data");
    const chat = await createChat(first, "Kept");
    const kept = await writeWhile(first, chat, () => first.process.kill("SIGTERM"));
    await expectGone(first, 0);

    const second = await startReady(place);
    expect(second.output).not.toMatch(/^setup:|applied \d+ migrations/m);
    // Of a machine that has the time: beside other work it takes as much longer as there is more of it than cores.
    expect(second.seconds).toBeLessThan(10 * Math.max(1, (loadavg()[0] ?? 0) / availableParallelism()));
    expect(await contents(second, chat)).toEqual(expect.arrayContaining(kept));
    // A signal to the whole group reaches npm, which passes it on, and the service itself: one stop, not two.
    kept.push(...(await writeWhile(second, chat, () => process.kill(-second.pid, "SIGINT"))));
    await expectGone(second);
    expect(second.output).not.toMatch(/stopping at once/);
    for (const { output } of [first, second]) expect(output).not.toMatch(STACK_TRACE);

    running = await startReady(place);
    expect(await contents(running, chat)).toEqual(expect.arrayContaining(kept));
  });

  test("after a kill the children end by themselves, and the next start takes the database over", async () => {
    const first = await takeOver();
    const chat = await createChat(first, "Acknowledged before the kill");
    const [main = 0, ...children] = first.ours();
    process.kill(first.pid, "SIGKILL");
    process.kill(main, "SIGKILL");
    await until(() => children.every((pid) => !isAlive(pid)));
    expect(isAlive(first.postmaster())).toBe(true);

    running = await startReady(place);
    expect(running.output).toContain("Found the Postgres of an earlier run");
    expect(running.output).not.toContain("watching for up to");
    expect(await chatIds(running)).toContain(chat);
  });

  test("refuses a second start on its folder and one on its port, each in one line", async () => {
    running = await takeOver();
    const twin = await refuse({ DATA_DIR: place.dataDir, PORT: String(await freePort()) });
    expect(twin).toMatch(/^parley: Parley runs already on .* \(process \d+\)/);
    const neighbour = await refuse({ DATA_DIR: newFolder(), PORT: String(place.port) });
    expect(neighbour).toMatch(/^parley: Port \d+ is in use on 127\.0\.0\.1/);
    expect((await fetch(`${running.address}/healthz`)).ok).toBe(true);
  });

  test("starts a role or the database again when it dies", async () => {
    const started = await takeOver();
    const [, web = 0, worker = 0] = started.ours();
    process.kill(web, "SIGKILL");
    process.kill(worker, "SIGKILL");
    process.kill(started.postmaster(), "SIGKILL");
    for (const line of ["web runs again", "worker runs again", "Postgres runs again"]) {
      await until(() => started.output.includes(line));
    }
    await until(async () => (await fetch(`${started.address}/readyz`)).ok);
    // And when everything is to end, one that is just being started again ends too.
    const heard = started.output.length;
    process.kill(started.postmaster(), "SIGKILL");
    await until(() => started.output.includes("Postgres ended unexpectedly", heard));
    process.kill(-started.pid, "SIGTERM");
    await expectGone(started);
  });

  test("a signal in the middle of the start ends it cleanly", async () => {
    const started = start(place);
    await until(() => started.output.includes("parley: Postgres:"));
    process.kill(-started.pid, "SIGINT");
    await expectGone(started);
    expect(started.output).not.toMatch(STACK_TRACE);
  });

  test("runs its three roles on the Postgres of DATABASE_URL, which it leaves running", async () => {
    const database = await createTestDatabase();
    const elsewhere = await newPlace();
    const environment = { DATABASE_URL: database.ownerUrl, AUTH_SECRET: "s".repeat(32), HOST: "127.0.0.1" };
    const started = await startReady(elsewhere, { environment });
    expect(started.output).toContain("with the Postgres of DATABASE_URL");
    expect(started.ours()).toHaveLength(3);
    expect(await (await fetch(started.address)).text()).toContain("</html>");
    expect(existsSync(join(elsewhere.dataDir, "postgres.json"))).toBe(false);
    started.process.kill("SIGTERM");
    await expectGone(started, 0);
    await database.drop(); // throws when anybody is still connected
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
    // The others of the kind: server/config/config.test.ts.
    ["a file in the place of the folder", { DATA_DIR: "/etc/hosts/data" }, /DATA_DIR .* cannot be used/],
  ])("%s", async (_, environment, line) => {
    expect(await refuse({ DATA_DIR: newFolder(), PORT: String(await freePort()), ...environment })).toMatch(line);
  });
});

// In a namespace of mounts of its own, so that nothing is left mounted, whatever happens. What a fault leaves on the disk must not
// stand in the way once there is room again.
const SMALL_DISK = `
mount -t tmpfs -o mode=755,size="$SIZE" none "$DISK" || exit 99
[ "$FULL" = no ] || { head -c "$SIZE" /dev/zero >"$DISK/fill"; truncate -s -4096 "$DISK/fill"; }
"$@"
code=$?
[ ! -e "$DATA_DIR/auth-secret" ] || [ -s "$DATA_DIR/auth-secret" ] || echo "parley: half a secret is left"
exit $code`;
const unshare = ["unshare", "--mount", ...(process.getuid?.() === 0 ? [] : ["--map-root-user"])];
const mountable = spawnSync(unshare[0]!, [...unshare.slice(1), "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0;

describe("without disk", { timeout: LIMIT }, () => {
  test.skipIf(!mountable).each([
    [
      "too small for a database",
      { SIZE: "4194304", FULL: "no" },
      /^parley: Only \d+ MB are free in .*; a new database needs \d+/,
    ],
    ["full", { SIZE: "4194304", FULL: "yes" }, /^parley: .* cannot be used: no space is left on its disk\.$/],
  ])("one that is %s", async (_, disk, line) => {
    const folder = dirname(newFolder());
    const environment = { ...disk, DISK: folder, DATA_DIR: join(folder, "data"), PORT: String(await freePort()) };
    expect(await refuse(environment, [...unshare, "sh", "-c", SMALL_DISK, "sh"])).toMatch(line);
  });

  test.runIf(existsSync("/dev/full"))("one that fills up in the middle", async () => {
    const dataDir = newFolder();
    mkdirSync(dataDir);
    symlinkSync("/dev/full", join(dataDir, "postgres.json.new"));
    const line = await refuse({ DATA_DIR: dataDir, PORT: String(await freePort()) });
    expect(line).toMatch(/^parley: .*postgres\.json cannot be used: no space is left on its disk\.$/);
  });
});

/** Starts what cannot start and returns the one line it says. */
async function refuse(environment: Record<string, string>, within: string[] = []): Promise<string> {
  const [program = "", ...args] = [...within, process.execPath, join(root, "dist/main.js")];
  const child = spawn(program, args, {
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

/** Where to go, what to try, what was started, and how long each part took. */
function expectWelcome({ output, place }: Started): void {
  for (const step of ["Postgres", "migrations", "api", "web", "worker", "seed", "everything answers"])
    expect(output).toMatch(new RegExp(`^parley: ${step}: [\\d.]+ s$`, "m"));
  expect(output).toMatch(/^Parley is ready after [\d.]+ s\.$/m);
  expect(output).toContain(`  Open   http://localhost:${place.port}/\n`);
  expect(output).toContain(`  Keys   ${join(place.dataDir, "demo.json")}\n`);
  expect(output).toMatch(/^ {2}Runs {3}api on .*\n {9}web .*\n {9}worker .*\n {9}Postgres on .*\n {2}Stop {3}Ctrl-C$/m);
}

/** Sixteen write to a chat until nobody listens any more, stopped when some of it is acknowledged. Answers what was. */
async function writeWhile(started: Started, chatId: string, stop: () => void): Promise<string[]> {
  const acknowledged: string[] = [];
  const answers = new Set<number>();
  const write = async (writer: number) => {
    for (let i = 0; ; i++) {
      const content = `${started.pid}/${writer}/${i}`;
      try {
        const { status } = await call(started, "POST", { content }, `/${chatId}/messages`);
        answers.add(status);
        if (status === 201 && acknowledged.push(content) === 200) stop();
        if (status === 429) await sleep(100);
      } catch (error) {
        if ((error as { cause?: { code?: string } }).cause?.code === "ECONNREFUSED") return;
      }
    }
  };
  await Promise.all(Array.from({ length: 16 }, (_, writer) => write(writer)));
  for (const status of [201, 429, 503]) answers.delete(status);
  expect([...answers]).toEqual([]);
  return acknowledged;
}

async function contents(started: Started, chatId: string): Promise<string[]> {
  const found: string[] = [];
  for (let after: string | null = "0"; after !== null; ) {
    const answer: Response = await call(started, "GET", undefined, `/${chatId}/messages?limit=200&after=${after}`);
    const page = (await answer.json()) as { data: { content: string }[]; prevCursor: string | null };
    found.push(...page.data.map(({ content }) => content));
    after = page.data.length > 0 ? page.prevCursor : null;
  }
  return found;
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

/** As Ada, by the key, whose rates are higher. */
function call({ address, place }: Started, method: string, body?: object, path = ""): Promise<Response> {
  const { tenantId, users, apiKey } = JSON.parse(readFileSync(join(place.dataDir, "demo.json"), "utf8"));
  return fetch(`${address}/tenant/${tenantId}/v1/Chat${path}`, {
    method,
    headers: { "x-api-key": apiKey, "x-act-as-user": users[0].userId, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
}
