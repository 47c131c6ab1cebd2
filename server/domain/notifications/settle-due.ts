import type { TenantId } from "../../auth/principal.ts";
import type { Database } from "../../persistence/database.ts";
import { maxEventsAStep } from "../../persistence/unit-of-work.ts";
import { type DueNotification, findDue, readSendRules, settle } from "./due-store.ts";
import { filingOf } from "./policy.ts";

/**
 * One step of what waits for a time: scheduled ones appear, snoozed ones come back, expired ones go. Any number of workers may do it at
 * once, and any may die: a row is looked at again under the log's head, so what one has done the next one finds done. Returns
 * whether more may be due.
 */
export async function settleDue(db: Database, tenantId: TenantId, now: number): Promise<boolean> {
  const due = await findDue(db, tenantId, now, maxEventsAStep);
  const filed = await findFiled(db, tenantId, due);
  const events = await settle(
    db,
    tenantId,
    due.map(({ id }) => ({ id, filed: filed.has(id) })),
    now,
  );
  if (events.length > 0) db.committed(tenantId, events);
  return due.length === maxEventsAStep;
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
