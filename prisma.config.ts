import { defineConfig } from "prisma/config";

// The CLI looks for a native schema engine and downloads it when there is none. Generating the client uses WebAssembly and only
// checks that this file exists; migrations are applied by server/persistence/migrate.ts. So nothing has to be fetched.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;
process.env.CHECKPOINT_DISABLE ??= "1";

export default defineConfig({
  schema: "prisma",
  migrations: { path: "prisma/migrations" },
  datasource: { url: process.env.DATABASE_URL ?? "postgresql://localhost/parley" },
});
