import type { TenantId } from "../../auth/principal.ts";
import { nilId } from "../../ids.ts";
import type { Database } from "../../persistence/database.ts";
import { maxEventsAStep, unitOfWork } from "../../persistence/unit-of-work.ts";
import { moveSomeTimes } from "./due-store.ts";
import { localInstant } from "./policy.ts";

/**
 * After a change of the tenant's time zone: what waits for a time by its users' own clocks comes at that time by the clock they have now.
 * In steps of a commit each; done again from the start by another worker when this one dies, it finds what is moved already.
 */
export async function moveTimes(db: Database, tenantId: TenantId): Promise<void> {
  let after: string | undefined = nilId;
  while (after !== undefined) {
    const range: { after: string; limit: number } = { after, limit: maxEventsAStep };
    await unitOfWork(db, tenantId, async (work) => {
      after = await moveSomeTimes(work, tenantId, range, localInstant);
    });
  }
}
