import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from "@prisma/driver-adapter-utils";
import type { SchemaEngine } from "@prisma/schema-engine-wasm";
import { Pool, type QueryArrayResult } from "pg";
import { projectRoot } from "../persistence/project-root.ts";

// Prisma's schema engine as WebAssembly, which needs no download. It writes SQL for tools and tests; the service never loads it.

const NO_FILTERS = { externalTables: [], externalEnums: [] };

/**
 * The SQL that leads from the database as it is to the models in prisma/; null when nothing is missing.
 * It sees tables, columns, indexes and keys, not functions, policies, grants and partial indexes.
 */
export function diffToModels(databaseUrl: string): Promise<string | null> {
  const files = readModels();
  return withEngine(databaseUrl, async (engine) => {
    const { exitCode, stdout } = await engine.diff({
      from: { tag: "schemaDatasource", files, configDir: projectRoot() },
      to: { tag: "schemaDatamodel", files },
      script: true,
      exitCode: true,
      filters: NO_FILTERS,
    });
    return exitCode === 2 ? `${stdout?.trim()}\n` : null;
  });
}

/** Lends Prisma's schema engine, connected to a database. */
export async function withEngine<T>(databaseUrl: string, work: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  const pool = new Pool({ connectionString: databaseUrl, max: 1 });
  const engine = await startEngine(pool);
  try {
    return await work(engine);
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

async function startEngine(pool: Pool): Promise<SchemaEngine> {
  glue ??= loadGlue();
  const adapter = bindMigrationAwareSqlAdapterFactory(withCharacters(pool));
  return (await glue).SchemaEngine.new({ datamodels: undefined }, () => {}, adapter);
}

/** Once a process: the module keeps views of one instance's memory, and breaks down when it is given a second. */
let glue: ReturnType<typeof loadGlue> | undefined;

async function loadGlue() {
  const glue = await import("@prisma/schema-engine-wasm/schema_engine_bg");
  // The package's main file imports its .wasm like a module, which Node 20 cannot do; so it is instantiated by hand.
  const folder = dirname(createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg"));
  const module = await WebAssembly.compile(readFileSync(join(folder, "schema_engine_bg.wasm")));
  const instance = await WebAssembly.instantiate(module, { "./schema_engine_bg.js": { ...glue } });
  glue.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: raisePanic };
  return glue;
}

declare global {
  /** Called by the engine when it has met a bug of its own. */
  var PRISMA_WASM_PANIC_REGISTRY: { set_message(message: string): void };
}

function raisePanic(message: string): never {
  throw new Error(`Prisma's schema engine broke down: ${message}`);
}

const CHAR = 18;
const TEXT = 25;

/**
 * The engine reads catalog columns of the type "char", which adapter-pg 7.10 refuses to name: on their way in they are called text,
 * on their way out characters.
 */
function withCharacters(pool: Pool): PrismaPg {
  const characters = new WeakMap<object, number[]>();
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<QueryArrayResult>;
  pool.query = (async (...args: unknown[]) => {
    const result = await query(...args);
    const found = result.fields.flatMap((field, index) => (field.dataTypeID === CHAR ? [index] : []));
    for (const index of found) result.fields[index]!.dataTypeID = TEXT;
    characters.set(result.rows, found);
    return result;
  }) as Pool["query"];

  const factory = new PrismaPg(pool);
  const connect = factory.connect.bind(factory);
  factory.connect = async () => {
    const adapter = await connect();
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (sql) => {
      const set = await queryRaw(sql);
      for (const index of characters.get(set.rows) ?? []) set.columnTypes[index] = ColumnTypeEnum.Character;
      return set;
    };
    return adapter;
  };
  return factory;
}
