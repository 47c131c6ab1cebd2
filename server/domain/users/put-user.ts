import { z } from "zod";
import { mutation } from "../../operation.ts";
import { clockOf } from "../../persistence/prisma.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { userId } from "../../schema.ts";
import { judgeHeldAnew, readdressHeld } from "../digests/store.ts";
import { moveLocalTimes } from "../notifications/due-store.ts";
import { localInstant } from "../notifications/policy.ts";
import { ensureManageable } from "./policy.ts";
import { presentUser, profileFields, userSchema } from "./schema.ts";
import { lockReach, saveProfile } from "./store.ts";

export const putUser = mutation({
  name: "users.put",
  summary:
    "Store a user's profile as a whole: what is left out is cleared. One's own, or anybody's with a key or as Admin",
  http: { method: "PUT", path: "/Users/{userId}" },
  access: { caller: "user-or-key", scope: "users:write" },
  input: z.object({ userId, ...profileFields }),
  output: userSchema,
  personal: Object.keys(profileFields),
  errors: ["forbidden"],
  async handle(ctx, { userId, ...profile }) {
    ensureManageable(ctx.principal, userId);
    return unitOfWork(ctx.services.db, ctx.tenantId, async (work) => {
      const before = await lockReach(work.tx, ctx.tenantId, userId);
      const row = await saveProfile(work.tx, ctx.tenantId, userId, profile);
      if (before?.email && row.email !== before.email)
        await readdressHeld(work.tx, ctx.tenantId, userId, { from: before.email, to: row.email });
      if (row.timezone !== (before?.timezone ?? null)) {
        await judgeHeldAnew(work.tx, ctx.tenantId, userId, { now: await clockOf(work.tx) });
        // Last, since it takes the tenant's head: whoever sends waits for the rest of this.
        await moveLocalTimes(work, ctx.tenantId, userId, localInstant);
      }
      return presentUser(row);
    });
  },
});
