import type { Context } from "../../operation.ts";
import { afterCommit } from "../../persistence/unit-of-work.ts";
import { limits } from "../../schema.ts";
import { type Change, changeNotifications } from "./lane-store.ts";

/** Changes everything that an operation fits, in steps that hold the tenant's head for a moment each; returns how many it changed. */
export async function changeAll({ services, tenantId }: Context, change: Omit<Change, "ids" | "now">): Promise<number> {
  for (let total = 0; ; ) {
    const step = () => changeNotifications(services.db, tenantId, { ...change, now: services.db.moment() });
    const { changed } = await (total === 0 ? step() : afterCommit(step));
    total += changed;
    if (changed < limits.notificationsPerCall) return total;
  }
}
