import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { deriveKey } from "../config/secrets.ts";
import { createTenant } from "../domain/tenants/make-tenant.ts";
import { openDatabase } from "../persistence/database.ts";
import { migrate } from "../persistence/migrate.ts";
import { bundleOf } from "./bundles.ts";
import { freePort } from "./free-port.ts";
import { createTestDatabase, type TestDatabase } from "./postgres.ts";
import { startTestServer } from "./postgres-server.ts";
import { call, testSecret } from "./stack.ts";

const READY_MS = 60_000;

/** A real api process, as a node of an installation is one. */
export interface ApiProcess {
  url: string;
  /** What it has printed so far. */
  output(): string;
  /** Sends a signal and resolves when the process has ended. */
  kill(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null; ms: number }>;
  alive(): boolean;
  /** Memory it holds, in MiB. */
  rss(): number;
}

/** A tenant whose rates never bite. */
export interface FleetTenant {
  id: string;
  primaryKey: string;
  /** A token of a user, good for an hour. */
  token(userId: string): Promise<string>;
}

/** Several api processes on one database of their own. */
export interface Fleet {
  database: TestDatabase;
  start(env?: Record<string, string>): Promise<ApiProcess>;
  tenant(id: string): Promise<FleetTenant>;
  close(): Promise<void>;
}

/** A Postgres of a test's own, which it may break, with an empty database of this release in it. */
export async function startOwnDatabase(): Promise<TestDatabase> {
  const server = await startTestServer();
  const ownerUrl = server.url.replace(/postgres$/, "parley_own");
  // The password that the api processes set when they start.
  const runtimePassword = deriveKey(testSecret, "database-runtime").toString("hex");
  const { runtimeUrl } = await migrate({ ownerUrl, runtimePassword });
  return { ownerUrl, runtimeUrl, drop: () => server.stop() };
}

/** Prepares an installation on a database, one of the run's server unless told. */
export async function openFleet(given?: TestDatabase): Promise<Fleet> {
  const database = given ?? (await createTestDatabase());
  const dataDir = mkdtempSync(join(tmpdir(), "parley-fleet-"));
  const db = openDatabase({ url: database.runtimeUrl, name: "fleet" });
  const children: ApiProcess[] = [];
  return {
    database,
    start: async (env = {}) => {
      const api = await startApiProcess({ DATABASE_URL: database.ownerUrl, DATA_DIR: dataDir, ...env });
      children.push(api);
      return api;
    },
    tenant: async (id) => {
      const plenty = { rate: 1_000_000, burst: 1_000_000 };
      const rates = { user: plenty, key: plenty, tenant: plenty, address: plenty, frames: plenty };
      const made = await createTenant(db, testSecret, { id, name: id, settings: { rates, allowedOrigins: ["*"] } });
      const token = async (userId: string) => {
        const url = `${children.find((child) => child.alive())?.url}/tenant/${id}/v1/tokens`;
        const answer = await call<{ token: string }>(url, "POST", { userId }, { "x-api-key": made.primaryKey });
        if (answer.status !== 201) throw new Error(`No token: ${JSON.stringify(answer.body)}`);
        return answer.body.token;
      };
      return { id, primaryKey: made.primaryKey, token };
    },
    close: async () => {
      await Promise.all(children.map((child) => child.kill("SIGKILL")));
      await db.close();
      rmSync(dataDir, { recursive: true, force: true });
      await database.drop();
    },
  };
}

async function startApiProcess(env: Record<string, string>): Promise<ApiProcess> {
  const main = await bundleOf("main");
  const port = Number(env.PORT ?? (await freePort()));
  const ours = { PORT: String(port), HOST: "127.0.0.1", ROLES: "api", SEED: "none", AUTH_SECRET: testSecret };
  // With less room for new objects than `npm start` gives: tests of memory are about what is held, not about what is garbage.
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH, LOG_LEVEL: "warn", NODE_ENV: "production", ...ours, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => output.push(String(chunk)));
  const api = toApiProcess(child, `http://127.0.0.1:${port}`, output);
  await untilReady(api);
  return api;
}

function toApiProcess(child: ChildProcess, url: string, output: string[]): ApiProcess {
  const ended = once(child, "exit");
  const alive = () => child.exitCode === null && child.signalCode === null;
  return {
    url,
    alive,
    output: () => output.join(""),
    kill: async (signal) => {
      const began = performance.now();
      if (alive()) {
        child.kill(signal);
        await ended;
      }
      return { code: child.exitCode, signal: child.signalCode, ms: performance.now() - began };
    },
    rss: () => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) / 1024,
  };
}

async function untilReady(api: ApiProcess): Promise<void> {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    if (!api.alive()) throw new Error(`The api process ended before it was ready:\n${api.output()}`);
    const ready = await fetch(`${api.url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) return;
    if (Date.now() > deadline) throw new Error(`The api process is not ready:\n${api.output()}`);
    await sleep(25);
  }
}
