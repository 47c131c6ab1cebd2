import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { migrate } from "../server/persistence/migrate.ts";
import { migrationsFolder } from "../server/persistence/project-root.ts";
import { startTestServer } from "../server/testing/postgres-server.ts";
import { diffToModels } from "../server/testing/schema-engine.ts";

// npm run db:diff -- <name> writes the migration that leads from the migrations so far to the models in prisma/
//
// An index on a table that may be large goes into a file of its own that begins with `-- concurrently`: see server/persistence/concurrent-migration.ts.

const name = process.argv[2];
if (!name || !/^[a-z][a-z0-9_]*$/.test(name)) {
  console.error("Usage: npm run db:diff -- <name of the change, like add_chat_topic>");
  process.exit(2);
}

const sql = await difference();
if (sql === null) console.log("The migrations and the models agree: nothing to write.");
else write(`${timestamp()}_${name}`, sql);

async function difference(): Promise<string | null> {
  const server = await startTestServer();
  try {
    await migrate({ ownerUrl: server.url, runtimePassword: "only for a moment" });
    return await diffToModels(server.url);
  } finally {
    await server.stop();
  }
}

function write(folder: string, content: string): void {
  mkdirSync(join(migrationsFolder(), folder), { recursive: true });
  writeFileSync(join(migrationsFolder(), "migration_lock.toml"), 'provider = "postgresql"\n');
  writeFileSync(join(migrationsFolder(), folder, "migration.sql"), content);
  console.log(`prisma/migrations/${folder}/migration.sql written. Read it before you commit it:\n\n${content}`);
}

function timestamp(): string {
  return new Date().toISOString().replace(/\D/g, "").slice(0, 14);
}
