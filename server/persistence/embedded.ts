import { existsSync } from "node:fs";
import { chown, mkdir, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { explainFileFault, StartError } from "../config/start-error.ts";
import { type Account, type Outcome, runAs, serverAccount } from "./embedded-account.ts";
import { type Binaries, prepareBinaries } from "./embedded-binaries.ts";
import { findLeftover, isReady, removeStaleNote, stopLeftover } from "./embedded-orphan.ts";
import { findPlace, keepPlace, ownPlace, type Place } from "./embedded-place.ts";
import { choosePort, isFree, writeSettings } from "./embedded-settings.ts";

/** A Postgres of our own, which nothing but `stop` ends: it runs outside our process group and outlives a kill of ours. */
export interface EmbeddedPostgres {
  /** Superuser `parley`; the database `parley` is made by the migrations. */
  ownerUrl: string;
  port: number;
  folder: string;
  isRunning(): boolean;
  /** Starts it on the same port after it ended by itself. */
  restart(): Promise<void>;
  /** Fast shutdown: open transactions are rolled back, all else is on disk. Call it last, and once. */
  stop(): Promise<void>;
}

/** One running attempt: who, what and where. */
interface Server {
  account: Account;
  binaries: Binaries;
  place: Place;
  report(line: string): void;
  /** In s, after which it is said that it takes long. */
  patience: number;
}

const USER = "parley";
const DATABASE = "parley";
const LOG_LIMIT = 10 * 2 ** 20;

/**
 * Starts the Postgres whose data belong to DATA_DIR, made at the first start. Nobody else may use that DATA_DIR meanwhile.
 * @param folder DATA_DIR; it exists.
 * @param report gets a line for whatever is out of the ordinary.
 * @param patience in s, for a start that recovers from nothing; for tests.
 * @throws StartError when the user has to do something about it.
 */
export async function startEmbedded(
  folder: string,
  report: (line: string) => void,
  patience = 120,
): Promise<EmbeddedPostgres> {
  const dataDir = await realpath(folder);
  const account = serverAccount();
  const binaries = await prepareBinaries(account, report);
  const place = await findPlace(dataDir, account, report);
  const server = { account, binaries, place, report, patience };
  await ownPlace(place, account);
  if (!existsSync(join(place.folder, "PG_VERSION"))) await initialise(server, dataDir, report);
  await demandVersion(server);
  await clearLeftover(place.folder, report);
  await startOnFreePort(server, dataDir, report);
  let restarting: Promise<void> | undefined;
  return {
    ownerUrl: url(place),
    port: place.port,
    folder: place.folder,
    isRunning: () => findLeftover(place.folder) === "running",
    restart: () => {
      restarting = startAgain(server);
      return restarting;
    },
    stop: async () => {
      await restarting?.catch(() => {}); // half started it is not found yet, and would stay behind
      await stop(server);
    },
  };
}

async function initialise(server: Server, dataDir: string, report: (line: string) => void): Promise<void> {
  const { account, binaries, place } = server;
  if (place.initialised) report(`The database in ${place.folder} is gone: an empty one is made`);
  await keepPlace(dataDir, place);
  const parent = dirname(place.folder);
  const [half, passwordFile] = [join(parent, "postgres.new"), join(parent, "postgres.password")];
  try {
    await rm(half, { recursive: true, force: true });
    await giveTo(account, await mkdir(half, { recursive: true, mode: 0o700 }).then(() => half));
    await writeFile(passwordFile, place.password, { mode: 0o600 });
    await giveTo(account, passwordFile);
    demandSuccess(await runAs(account, binaries.initdb, initialArguments(half, passwordFile)), "make a database");
    await rename(half, place.folder);
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    throw explainFileFault(error, parent);
  } finally {
    await rm(passwordFile, { force: true });
  }
  place.initialised = true;
  await keepPlace(dataDir, place);
}

// UTF-8 and code point order whatever the machine's locale: its C library may sort differently after an upgrade, which breaks
// indexes. Checksums tell a bad disk from a bug.
function initialArguments(folder: string, passwordFile: string): string[] {
  return [
    `--pgdata=${folder}`,
    `--username=${USER}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--data-checksums",
    "--no-instructions",
  ];
}

async function giveTo({ uid, gid }: Account, path: string): Promise<void> {
  if (uid !== undefined) await chown(path, uid, gid ?? uid);
}

async function demandVersion({ binaries, place }: Server): Promise<void> {
  const major = (await readFile(join(place.folder, "PG_VERSION"), "utf8")).trim();
  if (Number(major) === binaries.major) return;
  throw new StartError(
    `${place.folder} was made by PostgreSQL ${major} and this release brings ${binaries.major}: ` +
      `run it with PostgreSQL ${major} and set DATABASE_URL, or choose another DATA_DIR.`,
  );
}

async function clearLeftover(folder: string, report: (line: string) => void): Promise<void> {
  const leftover = findLeftover(folder);
  if (leftover === "stale") removeStaleNote(folder);
  if (leftover !== "running") return;
  await stopLeftover(folder);
  report("Found the Postgres of an earlier run that was killed; it was stopped cleanly and is started anew");
}

async function startOnFreePort(server: Server, dataDir: string, report: (line: string) => void): Promise<void> {
  const { place } = server;
  for (let attempt = 1; ; attempt++) {
    if (attempt > 1 || !(await isFree(place.port))) {
      report(`Port ${place.port} of the database is in use by something else: another is taken`);
      place.port = await choosePort();
      await keepPlace(dataDir, place);
    }
    const outcome = await start(server);
    if (outcome.code === 0) return;
    const reason = `${outcome.output}\n${await lastLines(place.folder)}`;
    if (attempt < 3 && /address already in use/i.test(reason)) continue;
    demandSuccess({ code: outcome.code, output: reason }, "start the database");
  }
}

async function start(server: Server): Promise<Outcome> {
  const { account, binaries, place, patience } = server;
  await writeSettings(place.folder, place.port);
  const log = join(place.folder, "server.log");
  const size = await stat(log).then(
    (found) => found.size,
    () => 0,
  );
  if (size > LOG_LIMIT) await rename(log, `${log}.1`);
  const options = ["-D", place.folder, "-w", "-t", `${patience}`, "-l", log];
  const begin = () => runAs(account, binaries.control, ["start", ...options]);
  for (let attempt = 1; ; attempt++) {
    const outcome = await begin();
    if (/did not start in time/.test(outcome.output)) return await untilRecovered(server);
    // The last processes of a Postgres that was killed take a moment to notice.
    const lingering = outcome.code !== 0 && /shared memory block/.test(await lastLines(place.folder));
    if (!lingering || attempt === 10) return outcome;
    await sleep(500);
  }
}

/** After a crash there may be much to do. It is waited for as long as its process lives: at a new start it would begin anew. */
async function untilRecovered({ place, report }: Server): Promise<Outcome> {
  report(`Postgres still recovers what was not in its files when it was ended; ${place.folder}/server.log says more`);
  while (findLeftover(place.folder) === "running") {
    if (isReady(place.folder)) return { code: 0, output: "" };
    await sleep(200);
  }
  return { code: 1, output: await lastLines(place.folder) };
}

async function startAgain(server: Server): Promise<void> {
  // Its number counts as in use for as long as nobody has collected the dead process, in a container without an init for ever.
  if (findLeftover(server.place.folder) === "stale") removeStaleNote(server.place.folder);
  demandSuccess(await start(server), "start again");
}

async function stop({ account, binaries, place }: Server): Promise<void> {
  if (findLeftover(place.folder) !== "running") return;
  const arguments_ = ["stop", "-D", place.folder, "-w", "-t", "60", "-m"];
  const { code } = await runAs(account, binaries.control, [...arguments_, "fast"]);
  // It would recover at the next start; a process left behind is worse.
  if (code !== 0) await runAs(account, binaries.control, [...arguments_, "immediate"]);
}

function url(place: Place): string {
  return `postgresql://${USER}:${place.password}@127.0.0.1:${place.port}/${DATABASE}`;
}

async function lastLines(folder: string): Promise<string> {
  const text = await readFile(join(folder, "server.log"), "utf8").catch(() => "");
  return text.slice(-2000);
}

/** @throws StartError with the one line of the output that says why. */
function demandSuccess({ code, output }: Outcome, what: string): void {
  if (code === 0) return;
  const lines = output.split("\n").map((line) => line.trim());
  const fault = lines.findLast((line) => /\b(PANIC|FATAL|fatal|error):/.test(line)) ?? lines.findLast(Boolean);
  const space = /No space left/i.test(output) ? " (no space is left on the disk)" : "";
  throw new StartError(`Postgres could not ${what}${space}: ${fault ?? `it ended with ${code}`}`);
}
