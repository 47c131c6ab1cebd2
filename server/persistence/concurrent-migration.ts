import type { ClientBase } from "pg";

// A migration whose first line is `-- concurrently` builds or drops indexes while other nodes go on to write: in no transaction, where
// Postgres has `concurrently` alone, and so statement by statement. Each may be cut off and comes again at the next start, therefore it
// must be one that can be repeated, and nothing else may stand in such a file.

const FIRST_LINE = /^-- concurrently\r?\n/;
const STATEMENT =
  /^(create (?:unique )?index concurrently if not exists|drop index concurrently if exists)\s+"?([a-z_][a-z0-9_]*)"?(?:\s|$)/i;

/** Whether a migration asks to be run outside a transaction. */
export function isConcurrent(sql: string): boolean {
  return FIRST_LINE.test(sql);
}

/** Runs such a migration, from wherever an earlier try was cut off. Only under the lock: what another session builds looks half built too. */
export async function runConcurrently(client: ClientBase, sql: string): Promise<void> {
  for (const { text, index } of readStatements(sql)) {
    // What is left of a try that was cut off counts as existing, but no query uses it.
    if (await isHalfBuilt(client, index)) await client.query(`drop index concurrently if exists "${index}"`);
    await client.query(text);
  }
}

function readStatements(sql: string): { text: string; index: string }[] {
  const bare = sql.replaceAll(/^\s*--.*$/gm, "");
  const texts = bare.split(/;\s*$/m).map((text) => text.trim());
  return texts.filter(Boolean).map((text) => {
    const index = STATEMENT.exec(text)?.[2];
    if (index) return { text, index };
    throw new Error(
      "a migration that is run concurrently holds nothing but `create index concurrently if not exists` and " +
        `\`drop index concurrently if exists\`: ${text.slice(0, 60)}`,
    );
  });
}

async function isHalfBuilt(client: ClientBase, index: string): Promise<boolean> {
  const { rows } = await client.query("select from pg_index where indexrelid = to_regclass($1) and not indisvalid", [
    `"${index}"`,
  ]);
  return rows.length > 0;
}
