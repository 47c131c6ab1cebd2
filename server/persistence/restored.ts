import { Client } from "pg";

/**
 * Gives the log of every tenant another epoch: cursors of before are over, and what was planned before waits for an operator. For a
 * database that went back in time without the server's knowing, as a copied folder or a snapshot of a volume does. Answers how many.
 * Hand-written SQL, because the owner of the tables does it, past the tenants' walls.
 */
export async function beginNewEpochs(ownerUrl: string): Promise<number> {
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    await owner.query("begin");
    // Beside a service that runs, sends would queue behind a lock that is waited for.
    await owner.query("set local lock_timeout = '3s'");
    // Forced, the walls hold the owner too; in this transaction alone they do not.
    await owner.query("alter table tenant_log no force row level security");
    const { rowCount } = await owner.query(
      "update tenant_log set epoch = ('x' || substr(md5(gen_random_uuid()::text), 1, 16))::bit(64)::bigint",
    );
    await owner.query("alter table tenant_log force row level security");
    await owner.query("commit");
    return rowCount ?? 0;
  } finally {
    await owner.end();
  }
}
