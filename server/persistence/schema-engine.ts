import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import type { SchemaEngine } from "@prisma/schema-engine-wasm";
import { Pool, type QueryArrayResult } from "pg";
import { projectRoot } from "./project-root.ts";

// Prisma's schema engine as WebAssembly, which needs no download. It writes SQL for tools and tests; the service never loads it.

const NO_FILTERS = { externalTables: [], externalEnums: [] };

/**
 * The SQL that leads from the database as it is to the models in prisma/; null when nothing is missing.
 * It sees tables, columns, indexes and keys, not functions, policies and grants.
 */
export async function diffToModels(databaseUrl: string): Promise<string | null> {
  const pool = new Pool({ connectionString: databaseUrl, max: 1 });
  const files = readModels();
  const engine = await loadEngine(pool);
  try {
    const { exitCode, stdout } = await engine.diff({
      from: { tag: "schemaDatasource", files, configDir: projectRoot() },
      to: { tag: "schemaDatamodel", files },
      script: true,
      exitCode: true,
      filters: NO_FILTERS,
    });
    return exitCode === 2 ? `${stdout?.trim()}\n` : null;
  } finally {
    engine.free();
    await pool.end();
  }
}

function readModels(): { path: string; content: string }[] {
  const folder = join(projectRoot(), "prisma");
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".prisma"))
    .sort()
    .map((name) => ({ path: join(folder, name), content: readFileSync(join(folder, name), "utf8") }));
}

async function loadEngine(pool: Pool): Promise<SchemaEngine> {
  const glue = await import("@prisma/schema-engine-wasm/schema_engine_bg");
  // The package's main file imports its .wasm like a module, which Node 20 cannot do; so it is instantiated by hand.
  const folder = dirname(createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg"));
  const module = await WebAssembly.compile(readFileSync(join(folder, "schema_engine_bg.wasm")));
  const instance = await WebAssembly.instantiate(module, { "./schema_engine_bg.js": { ...glue } });
  glue.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  readCharAsText(pool);
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg(pool));
  return glue.SchemaEngine.new({ datamodels: undefined }, () => {}, adapter);
}

const CHAR_OID = 18;
const TEXT_OID = 25;

/** The engine reads catalog columns of the type "char", which adapter-pg 7.10 refuses to name. */
function readCharAsText(pool: Pool): void {
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<QueryArrayResult>;
  const patched = async (...args: unknown[]) => {
    const result = await query(...args);
    for (const field of result.fields) if (field.dataTypeID === CHAR_OID) field.dataTypeID = TEXT_OID;
    return result;
  };
  pool.query = patched as Pool["query"];
}
