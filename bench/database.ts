import pg from "pg";
import { migrate } from "../server/persistence/migrate.ts";
import { startTestServer } from "../server/testing/postgres-server.ts";

export interface BenchDatabase {
  ownerUrl: string;
  /** As the role that owns nothing: row-level security holds. */
  runtimeUrl: string;
  /** Runs statements as the owner. */
  query(sql: string): Promise<void>;
  stop(): Promise<void>;
}

/** A Postgres of the bench's own, with fsync and our schema. */
export async function startDatabase(): Promise<BenchDatabase> {
  const server = await startTestServer({ fsync: true });
  const ownerUrl = server.url.replace(/postgres$/, "bench");
  try {
    const { runtimeUrl } = await migrate({ ownerUrl, runtimePassword: "bench" });
    return { ownerUrl, runtimeUrl, query: (sql) => query(ownerUrl, sql), stop: () => server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function query(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
