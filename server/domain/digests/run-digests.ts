import type { TenantId } from "../../auth/principal.ts";
import type { Step } from "../../log/planner.ts";
import type { Database } from "../../persistence/database.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import { tenantTransaction } from "../../persistence/prisma.ts";
import { closeDigest } from "./close-digest.ts";
import { digestJobs } from "./policy.ts";
import { findDueReaders, type Reader } from "./store.ts";

/** A look, and looks a run: a tenant of many people lets others have their turn. */
const readersALook = 50;
const looks = 10;

interface Running {
  now: Date;
  step?: Step | undefined;
  most?: number | undefined;
}

/**
 * Lets go all that a tenant holds and whose time has come. Any number of workers may do it at once. What fails for one reader keeps
 * nobody else waiting; the job fails after all others were served, and is tried again.
 */
export async function runDigests(db: Database, tenantId: TenantId, running: Running): Promise<void> {
  const faults: unknown[] = [];
  let after: Reader = { userId: "", address: "" };
  for (let look = 0; ; look++) {
    const range = { now: running.now, after, limit: readersALook };
    const readers = await tenantTransaction(db.prisma, tenantId, (tx) => findDueReaders(tx, tenantId, range));
    for (const reader of readers)
      await closeDigest(db, tenantId, reader, running).catch((error) => void faults.push(error));
    after = readers.at(-1) ?? after;
    if (readers.length < readersALook) break;
    if (look + 1 === looks) {
      const again = digestJobs(tenantId, [running.now]);
      await tenantTransaction(db.prisma, tenantId, (tx) => enqueueJobs(tx, again));
      break;
    }
  }
  if (faults.length > 0) throw new AggregateError(faults, `digests failed for ${faults.length} readers`);
}
