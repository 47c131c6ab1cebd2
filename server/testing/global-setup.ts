import { Client } from "pg";
import type { TestProject } from "vitest/node";
import { migrate } from "../persistence/migrate.ts";
import { serveBundles } from "./bundles.ts";
import { startTestServer } from "./postgres-server.ts";

/** How the workers find the run's one Postgres. */
export interface TestPostgres {
  /** Superuser, database `postgres`. */
  url: string;
  /** Database with all migrations, to be cloned. */
  template: string;
  /** Login that may work in every clone. */
  runtimeUrl: string;
}

declare module "vitest" {
  export interface ProvidedContext {
    postgres: TestPostgres;
    /** Where the workers ask for the programs that they start. */
    bundles: string;
  }
}

const TEMPLATE = "parley_template";

/** Starts the run's Postgres and makes the template; answers how to stop it. A run that is killed stops it too. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestServer({ fsync: process.env.TEST_FSYNC === "on" });
  const ownerUrl = server.url.replace(/postgres$/, TEMPLATE);
  try {
    const { runtimeUrl } = await migrate({ ownerUrl, runtimePassword: "runtime" });
    await closeTemplate(server.url);
    const bundles = await serveBundles();
    project.provide("bundles", bundles.url);
    project.provide("postgres", { url: server.url, template: TEMPLATE, runtimeUrl });
    return async () => {
      bundles.close();
      await server.stop();
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Nobody connects to it any more: Postgres does not clone a database that is in use, not even by its own vacuum. */
async function closeTemplate(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`ALTER DATABASE ${TEMPLATE} ALLOW_CONNECTIONS false`);
  await client.end();
}
