import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chownSync, mkdtempSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { serverAccount } from "../persistence/embedded-account.ts";
import { prepareBinaries } from "../persistence/embedded-binaries.ts";
import { freePort } from "./free-port.ts";

export interface TestServer {
  /** Superuser, database `postgres`. */
  url: string;
  stop(): Promise<void>;
}

// A shell holds the server: when its standard input closes, because we closed it or because we died in whatever way, it stops
// Postgres and removes the data. It has a process group of its own, so that Ctrl-C reaches us and not Postgres.
const KEEPER = `
fail() { cat "$DATA/log" >&2; rm -rf "$DATA"; exit 1; }
"$BIN/initdb" -D "$DATA/pg" -U postgres -A scram-sha-256 --pwfile="$DATA/password" \
  --encoding=UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8 --no-sync \
  -c scram_iterations=1 >"$DATA/log" 2>&1 || fail
"$BIN/postgres" -D "$DATA/pg" "$@" >"$DATA/log" 2>&1 </dev/null &
cat >/dev/null
kill -QUIT $!
wait $!
rm -rf "$DATA"
`;

/** A run's databases together, with their log, take less than half of it. */
const ROOM_BYTES = 4 * 1024 ** 3;

/**
 * Starts an empty Postgres of its own on a free port, with its data in memory or in the temporary folder; both are gone when this
 * process is. With `fsync` off (unless asked for) commits are not safe against power loss, which no ordinary test can notice.
 */
export async function startTestServer({ fsync = false } = {}): Promise<TestServer> {
  const account = serverAccount();
  const { initdb } = await prepareBinaries(account, (line) => console.log(line));
  const data = mkdtempSync(join(fsync ? tmpdir() : inMemory(), "parley-pg-"));
  const password = randomBytes(16).toString("hex");
  writeFileSync(join(data, "password"), password);
  if (account.uid !== undefined) chownSync(data, account.uid, account.gid ?? account.uid);
  const port = await freePort();
  const keeper = spawn("sh", ["-c", KEEPER, "sh", ...serverOptions(port, fsync)], {
    ...account,
    cwd: data,
    detached: true,
    stdio: ["pipe", "ignore", "inherit"],
    env: { BIN: dirname(initdb), DATA: data, PATH: process.env.PATH, LC_ALL: "C", NODE_ENV: "test" },
  });
  const url = `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
  await untilReady(url, keeper);
  return { url, stop: () => stop(keeper) };
}

/**
 * Where files are kept in memory, if there is room: every database of a test is hundreds of new files, and to find a place for
 * them among those just deleted is a quarter of Postgres' work on ext4.
 */
function inMemory(): string {
  try {
    const { bavail, bsize } = statfsSync("/dev/shm");
    if (bavail * bsize >= ROOM_BYTES && process.availableMemory() >= ROOM_BYTES) return "/dev/shm";
  } catch {
    // Only Linux has it.
  }
  return tmpdir();
}

function serverOptions(port: number, fsync: boolean): string[] {
  const settings = {
    listen_addresses: "127.0.0.1",
    port,
    unix_socket_directories: "",
    max_connections: 300,
    // Log-ins are made by the thousand in a run, and the rounds of each are reckoned by our side.
    scram_iterations: 1,
    ...(fsync ? {} : { fsync: "off", full_page_writes: "off" }),
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

async function untilReady(url: string, keeper: ChildProcess): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (keeper.exitCode !== null) throw new Error("The test server did not start; its output is above.");
    const client = new Client({ connectionString: url });
    try {
      await client.connect();
      return await client.end();
    } catch (error) {
      if (Date.now() > deadline) throw new Error("The test server did not answer within 60 s.", { cause: error });
      await sleep(30);
    }
  }
}

async function stop(keeper: ChildProcess): Promise<void> {
  if (keeper.exitCode !== null) return;
  keeper.stdin?.end();
  await once(keeper, "exit");
}
