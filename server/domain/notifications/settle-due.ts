import type { TenantId } from "../../auth/principal.ts";
import type { Database } from "../../persistence/database.ts";
import { Pace } from "../../persistence/pace.ts";
import { maxEventsAStep } from "../../persistence/unit-of-work.ts";
import { type DueNotification, findDue, readSendRules, settle } from "./due-store.ts";
import { filingOf } from "./policy.ts";

/**
 * One step of what waits for a time: scheduled ones appear, snoozed ones come back, expired ones go. Any number of workers may do it at
 * once, and any may die: a row is looked at again under the log's head, so what one has done the next one finds done. The pace is that of
 * the tenant's steps so far. Returns whether more may be due.
 */
export async function settleDue(db: Database, tenantId: TenantId, now: number, pace = new Pace()): Promise<boolean> {
  const limit = Math.min(pace.size, maxEventsAStep);
  const due = await findDue(db, tenantId, now, limit);
  const filed = await findFiled(db, tenantId, due);
  const started = performance.now();
  const { events, waited } = await settle(
    db,
    tenantId,
    due.map(({ id }) => ({ id, filed: filed.has(id) })),
    now,
  );
  const took = performance.now() - started - waited;
  if (events[0]) {
    pace.next({ position: events[0].position - 1, count: events.length, took });
    db.committed(tenantId, events);
  }
  return due.length === limit;
}

/** Of those that are about to appear: whose owners do not want the type in the inbox. */
async function findFiled(db: Database, tenantId: TenantId, due: DueNotification[]): Promise<Set<string>> {
  const filed = new Set<string>();
  const fresh = due.filter(({ status }) => status === "scheduled");
  for (const type of new Set(fresh.map((one) => one.type))) {
    const ofType = fresh.filter((one) => one.type === type);
    const users = [...new Set(ofType.map(({ userId }) => userId))];
    const rules = await readSendRules(db.pool, tenantId, type, users);
    const isFiled = filingOf(rules, type);
    for (const { id, userId } of ofType) if (isFiled(userId)) filed.add(id);
  }
  return filed;
}
