import { setTimeout as sleep } from "node:timers/promises";
import { type Config, completeConfig, type Draft, draftConfig } from "./config/config.ts";
import { readEnv } from "./config/env.ts";
import { deriveKey, keepAuthSecret } from "./config/secrets.ts";
import { explainFileFault, StartError } from "./config/start-error.ts";
import { lockDataDir } from "./supervisor/lock.ts";
import { type Parts, startWeb, startWorkerProcess, stopParts } from "./supervisor/parts.ts";
import { usableHosts } from "./supervisor/ports.ts";
import { createProgress, secondsSince } from "./supervisor/progress.ts";
import { onStopSignal } from "./supervisor/signals.ts";
import { watchPostgres } from "./supervisor/watch-postgres.ts";
import { welcome } from "./supervisor/welcome.ts";

const READY_LIMIT_MS = 120_000;

const progress = createProgress();
const stopping = new AbortController();
const parts: Parts = {};
let started = false;

process.title = "parley";
// A reader of our output that goes away, as `npm start | head` does, is no reason to end.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

const starting = start();
onStopSignal({ stop: (signal) => void stop(`${signal}: stopping`), force: () => void force() });
starting.catch((error) => {
  if (!stopping.signal.aborted) void stop(undefined, error);
});

async function start(): Promise<void> {
  const began = performance.now();
  const draft = draftConfig(readEnv());
  if (!draft.databaseUrl) parts.lock = await lockDataDir(draft.dataDir, progress.say, stopping);
  if (draft.roles.has("api")) draft.host = await usableHosts(draft.host, draft.port, progress.say);
  const authSecret = draft.authSecret ?? keepAuthSecret(draft.dataDir);
  // The pages need no database, so they get up beside it.
  const web = startWebRole({ ...draft, authSecret });
  const config = await startDatabase(draft, authSecret);
  await settle([startApiRole(config), startWorkerRole(config), web]);
  await progress.step("everything answers", () => untilReady());
  started = true;
  // Whoever reads the log of a server shall not own it.
  const isRead = config.database.embedded || process.stdout.isTTY;
  const claim = isRead
    ? await parts.api?.claim()
    : (await parts.api?.isOwned()) === false && "npm run installation -- claim";
  console.log(welcome({ config, seconds: secondsSince(began), running: whatRuns(config), claim }));
}

// Unlike Promise.all it waits for all of them, so that after a failed start nothing goes on starting.
async function settle(work: Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) if (result.status === "rejected") throw result.reason;
}

function startWebRole(draft: Draft & { authSecret: string }): Promise<void> {
  if (!draft.roles.has("web")) return Promise.resolve();
  const web = startWeb(draft, import.meta.url, progress);
  parts.web = web;
  const ready = step("web", () => web.ready());
  ready.catch(() => {}); // it may fail before anybody awaits it; whoever does gets the reason
  return ready;
}

async function startDatabase(draft: Draft, authSecret: string): Promise<Config> {
  const embedded = draft.databaseUrl === undefined;
  if (embedded) {
    const { startEmbedded } = await import("./persistence/embedded.ts");
    parts.postgres = await step("Postgres", () => startEmbedded(draft.dataDir, progress.say));
    watchPostgres(parts.postgres, progress, stopping.signal);
  }
  const ownerUrl = parts.postgres?.ownerUrl ?? draft.databaseUrl ?? "";
  const runtimePassword = deriveKey(authSecret, "database-runtime").toString("hex");
  const { migrate } = await import("./persistence/migrate.ts");
  const { runtimeUrl, applied } = await step("migrations", () => migrate({ ownerUrl, runtimePassword, authSecret }));
  if (applied.length > 0) progress.say(`applied ${applied.length} migrations, up to ${applied.at(-1)}`);
  return completeConfig(draft, authSecret, { ownerUrl, runtimeUrl, embedded });
}

async function startApiRole(config: Config): Promise<void> {
  if (!config.roles.has("api")) return;
  const { startApi } = await import("./api.ts");
  const url = () => (parts.web?.port ? `http://127.0.0.1:${parts.web.port}` : undefined);
  const api = await step("api", () => startApi(config, { url }));
  parts.api = api;
  await step("seed", () => api.seed());
}

async function startWorkerRole(config: Config): Promise<void> {
  if (!config.roles.has("worker")) return;
  const worker = startWorkerProcess(config, import.meta.url, progress);
  parts.worker = worker;
  await step("worker", () => worker.ready());
}

async function untilReady(): Promise<void> {
  const deadline = Date.now() + READY_LIMIT_MS;
  while (parts.api && !(await parts.api.ready())) {
    stopping.signal.throwIfAborted();
    if (Date.now() > deadline) throw new StartError(`Not ready after ${READY_LIMIT_MS / 1000} s: see /readyz.`);
    await sleep(50);
  }
}

function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  stopping.signal.throwIfAborted();
  return progress.step(name, work);
}

function whatRuns(config: Config): string[] {
  const { postgres, web, worker } = parts;
  return [
    ...(parts.api
      ? [`api on ${config.host.map((host) => address(host, config.port)).join(" and ")} (process ${process.pid})`]
      : []),
    ...(web ? [`web behind it (process ${web.pid})`] : []),
    ...(worker ? [`worker (process ${worker.pid})`] : []),
    postgres
      ? `Postgres on 127.0.0.1:${postgres.port}, data in ${postgres.folder}`
      : "with the Postgres of DATABASE_URL",
  ];
}

function address(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The one way to end: after a signal, and when the start fails. */
async function stop(reason: string | undefined, fault?: unknown): Promise<void> {
  if (stopping.signal.aborted) return;
  const began = performance.now();
  stopping.abort();
  if (reason) progress.say(reason);
  if (fault) console.error(toldOf(fault));
  if (!started) {
    // A start that is under way comes to its next step first: what it has begun by then is known and can be stopped.
    await Promise.all([parts.web?.stop(), parts.worker?.stop()]);
    await Promise.race([starting.catch(() => {}), sleep(READY_LIMIT_MS)]);
  }
  await stopParts(parts, progress);
  if (reason) progress.say(`stopped in ${secondsSince(began)} s`);
  process.exit(fault ? 1 : 0);
}

/** A fault in one line where somebody can do something about it, a bug with all there is. */
function toldOf(fault: unknown): unknown {
  const { path = "a file" } = fault as NodeJS.ErrnoException;
  const explained = explainFileFault(fault, path);
  return explained instanceof StartError ? `parley: ${explained.message}` : explained;
}

/** For whoever signals again: nothing is waited for but Postgres, which must not be left behind. */
async function force(): Promise<void> {
  progress.say("stopping at once");
  parts.web?.kill();
  parts.worker?.kill();
  await parts.postgres?.stop();
  parts.lock?.release();
  process.exit(1);
}
