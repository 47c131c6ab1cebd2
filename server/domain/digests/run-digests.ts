import type { TenantId } from "../../auth/principal.ts";
import type { Step } from "../../log/planner.ts";
import type { Database } from "../../persistence/database.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import { tenantTransaction } from "../../persistence/prisma.ts";
import { closeDigest } from "./close-digest.ts";
import { digestJobs } from "./policy.ts";
import { type Due, findDue, type Reader } from "./store.ts";

/** A look, and looks a run: a tenant of many people lets others have their turn. */
const mailsALook = 50;
const looks = 10;

interface Running {
  now: Date;
  step?: Step | undefined;
  most?: number | undefined;
}

/**
 * Lets go all that a tenant holds and whose time has come, the longest due first. Any number of workers may do it at once. What fails for
 * one reader keeps nobody else waiting; the job fails after all others were served, and is tried again.
 */
export async function runDigests(db: Database, tenantId: TenantId, running: Running): Promise<void> {
  const faults: unknown[] = [];
  const failed = new Set<string>();
  let after: Due | undefined;
  for (let look = 0; ; ) {
    const range = { now: running.now, after, limit: mailsALook };
    const due = await tenantTransaction(db.prisma, tenantId, (tx) => findDue(tx, tenantId, range));
    let isServed = false;
    for (const [name, reader] of readersOf(due)) {
      if (failed.has(name)) continue;
      try {
        await closeDigest(db, tenantId, reader, running);
        isServed = true;
      } catch (error) {
        failed.add(name);
        faults.push(error);
      }
    }
    after = due.at(-1);
    if (due.length < mailsALook) break;
    // The mails of those who fail are as long due at the next run, and would fill that one, too.
    if (isServed && ++look === looks) {
      const again = digestJobs(tenantId, [running.now]);
      await tenantTransaction(db.prisma, tenantId, (tx) => enqueueJobs(tx, again));
      break;
    }
  }
  if (faults.length > 0) throw new AggregateError(faults, `digests failed for ${faults.length} readers`);
}

/** By a name each: of one reader many mails may be due. */
function readersOf(due: Reader[]): Map<string, Reader> {
  return new Map(due.map(({ userId, address }) => [JSON.stringify([userId, address]), { userId, address }]));
}
