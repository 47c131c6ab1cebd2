import { draftConfig } from "../server/config/config.ts";
import { readEnv } from "../server/config/env.ts";
import { deriveKey, keepAuthSecret } from "../server/config/secrets.ts";
import { StartError } from "../server/config/start-error.ts";
import { DomainError } from "../server/errors.ts";
import { type Database, openDatabase } from "../server/persistence/database.ts";
import { startEmbedded } from "../server/persistence/embedded.ts";
import { findRunningPostgres } from "../server/persistence/embedded-running.ts";
import { migrate } from "../server/persistence/migrate.ts";
import { lockDataDir } from "../server/supervisor/lock.ts";

/** What a command works with, beside a running service or without one. */
export interface Owned {
  db: Database;
  /** Postgres as the owner of the tables. */
  ownerUrl: string;
  authSecret: string;
  baseUrl: string;
}

/**
 * Hands the database to the work, brought to this release; an embedded Postgres that had to be started is stopped again. What the user
 * can mend is said in a line and makes the command fail; a bug is shown whole.
 * @param newSecret the database may have been used with another AUTH_SECRET, whose place this one takes
 */
export async function withOwner(work: (owned: Owned) => Promise<void>, newSecret = false): Promise<void> {
  await orExplain(async () => {
    const { databaseUrl, dataDir, baseUrl, ...draft } = draftConfig(readEnv());
    const findSecret = () => draft.authSecret ?? keepAuthSecret(dataDir, newSecret);
    const withDatabase = async (ownerUrl: string, authSecret: string) => {
      const runtimePassword = deriveKey(authSecret, "database-runtime").toString("hex");
      const { runtimeUrl } = await migrate({ ownerUrl, runtimePassword, authSecret, newSecret });
      const db = openDatabase({ url: runtimeUrl, name: "parley command", connections: 1 });
      await work({ db, ownerUrl, authSecret, baseUrl }).finally(() => db.close());
    };
    const running = databaseUrl ?? (await findRunningPostgres(dataDir));
    if (running) return withDatabase(running, findSecret());
    const lock = await lockDataDir(dataDir, console.error);
    try {
      const authSecret = findSecret(); // as the start does it, before there is a database beside it
      const postgres = await startEmbedded(dataDir, console.error);
      await withDatabase(postgres.ownerUrl, authSecret).finally(() => postgres.stop());
    } finally {
      lock.release();
    }
  });
}

/** Runs a command, or a part of it that needs no database, with what went wrong said as {@link withOwner} says it. */
export async function orExplain(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    console.error(explain(error));
    process.exitCode = 1;
  }
}

function explain(error: unknown): unknown {
  if (error instanceof StartError) return error.message;
  if (!(error instanceof DomainError)) return error;
  const fields = Object.entries(error.face.errors ?? {}).map(([field, messages]) => `${field} ${messages.join(", ")}`);
  return [error.face.detail ?? error.message, ...fields].join("; ");
}
