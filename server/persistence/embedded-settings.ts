import { randomInt } from "node:crypto";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";

const FILE = "parley.conf";

/**
 * Writes our settings beside Postgres' own, which include them. For a chat service that shares a small machine: many short
 * transactions, each durable.
 */
export async function writeSettings(folder: string, port: number): Promise<void> {
  await writeFile(join(folder, FILE), settings(port), { mode: 0o644 });
  const main = join(folder, "postgresql.conf");
  const include = `include '${FILE}'`;
  if (!(await readFile(main, "utf8")).includes(include)) await appendFile(main, `\n${include}\n`);
}

function settings(port: number): string {
  return `# Written by Parley at every start; your own settings go into postgresql.conf, below the line that includes this file.
port = ${port}
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
shared_buffers = 256MB
effective_cache_size = 1GB
work_mem = 8MB
maintenance_work_mem = 64MB
random_page_cost = 1.1
jit = off

# acknowledged means on disk
fsync = on
synchronous_commit = on
full_page_writes = on
wal_compression = on
max_wal_size = 2GB
min_wal_size = 80MB
checkpoint_timeout = 15min

timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
# what people write must not end up in a log
log_min_error_statement = panic
log_error_verbosity = terse
`;
}

/** A port nobody listens on. Below the range systems hand out to outgoing connections, so that it is still free next time. */
export async function choosePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = randomInt(20_000, 30_000);
    if (await isFree(port)) return port;
  }
  throw new Error("No free port between 20000 and 30000.");
}

/** Whether the port is free on 127.0.0.1. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
