import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chown, mkdir, readFile, realpath, rename, stat, statfs, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { explainFileFault, StartError } from "../config/start-error.ts";
import { type Account, canEnter, runAs } from "./embedded-account.ts";
import { REACHABLE_FOLDER } from "./embedded-binaries.ts";
import { findLeftover, stopLeftover } from "./embedded-orphan.ts";
import { choosePort } from "./embedded-settings.ts";

/** What `{DATA_DIR}/postgres.json` keeps between starts (mode 0600). */
export interface Place {
  /** Absolute. Inside DATA_DIR unless the account of Postgres cannot get in there. */
  folder: string;
  port: number;
  password: string;
  /** The DATA_DIR it was made for; a copy of DATA_DIR must not run on the original's data. */
  madeFor: string;
  initialised: boolean;
}

const ROOM_FOR_A_NEW_DATABASE = 200 * 2 ** 20;

/**
 * Where the data is or shall be. DATA_DIR exists.
 * @throws StartError when it cannot be there.
 */
export async function findPlace(dataDir: string, account: Account, report: (line: string) => void): Promise<Place> {
  const known = await readPlace(dataDir);
  if (known) return known;
  const inside = await canEnter(account, dataDir);
  const folder = inside ? join(dataDir, "postgres") : join(REACHABLE_FOLDER, await shortName(dataDir), "postgres");
  if (existsSync(folder)) await setAside(folder, inside, report);
  await demandRoom(inside ? dataDir : REACHABLE_FOLDER);
  const password = randomBytes(24).toString("base64url");
  return { folder, port: await choosePort(), password, madeFor: dataDir, initialised: false };
}

/** Keeps a place for the next start; replaces the file in one step. Throws StartError when it cannot be written. */
export async function keepPlace(dataDir: string, place: Place): Promise<void> {
  const inside = join(dataDir, "postgres") === place.folder;
  const text = JSON.stringify({ ...place, folder: inside ? "postgres" : place.folder }, null, 2);
  const [half, file] = [join(dataDir, "postgres.json.new"), join(dataDir, "postgres.json")];
  try {
    await writeFile(half, `${text}\n`, { mode: 0o600 });
    await rename(half, file);
  } catch (error) {
    throw explainFileFault(error, file);
  }
}

/** Makes the folder above the data and gives what Postgres needs to its account. */
export async function ownPlace(place: Place, account: Account): Promise<void> {
  try {
    const parent = dirname(place.folder);
    if (parent.startsWith(REACHABLE_FOLDER)) {
      await mkdir(parent, { recursive: true, mode: 0o755 });
      if (account.uid !== undefined) await chown(parent, account.uid, account.gid ?? account.uid);
    }
    if (account.uid === undefined || !existsSync(place.folder)) return;
    const { uid } = await stat(place.folder);
    if (uid !== account.uid) await runAs({}, "chown", ["-R", `${account.uid}:${account.gid}`, place.folder]);
  } catch (error) {
    throw explainFileFault(error, place.folder);
  }
}

async function readPlace(dataDir: string): Promise<Place | undefined> {
  const file = join(dataDir, "postgres.json");
  if (!existsSync(file)) return undefined;
  const place = parsePlace(await readFile(file, "utf8"), file);
  place.folder = resolve(dataDir, place.folder);
  const moved = place.madeFor !== dataDir;
  if (moved && place.folder !== join(dataDir, "postgres") && existsSync(join(place.madeFor, "postgres.json"))) {
    throw new StartError(
      `${dataDir} is a copy of ${place.madeFor}, whose database is in ${place.folder}: remove ${file} to start with an empty one.`,
    );
  }
  return { ...place, madeFor: dataDir };
}

function parsePlace(text: string, file: string): Place {
  try {
    return JSON.parse(text);
  } catch {
    throw new StartError(`${file} cannot be read as JSON: restore it, or move ${dirname(file)} away to start anew.`);
  }
}

// Data without the file that holds its password: beyond our reach, but somebody's all the same.
async function setAside(folder: string, inside: boolean, report: (line: string) => void): Promise<void> {
  if (inside) {
    throw new StartError(
      `${folder} holds a database but postgres.json beside it is gone: restore it, or move both away.`,
    );
  }
  if ((await findLeftover(folder)) === "running") await stopLeftover(folder);
  const aside = `${dirname(folder)}.${new Date().toISOString().replaceAll(/[^\d]/g, "").slice(0, 14)}`;
  await rename(dirname(folder), aside);
  report(`An earlier database of this folder was set aside in ${aside}; delete it when nobody misses it`);
}

async function demandRoom(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(existsSync(folder) ? folder : dirname(folder));
  if (bavail * bsize >= ROOM_FOR_A_NEW_DATABASE) return;
  const free = Math.floor((bavail * bsize) / 2 ** 20);
  throw new StartError(
    `Only ${free} MB are free in ${folder}; a new database needs ${ROOM_FOR_A_NEW_DATABASE / 2 ** 20}.`,
  );
}

async function shortName(dataDir: string): Promise<string> {
  return createHash("sha256")
    .update(await realpath(dataDir))
    .digest("hex")
    .slice(0, 16);
}
