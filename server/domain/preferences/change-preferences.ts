import type { TenantId } from "../../auth/principal.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";
import { deliveryChannels } from "../categories/schema.ts";
import { judgeHeldAnew } from "../digests/store.ts";
import type { PreferenceChanges } from "./schema.ts";
import { type Choice, saveChoices, saveTiming, type TimingChanges } from "./store.ts";

const hourMs = 60 * 60 * 1000;
const pauses = { hour: hourMs, day: 24 * hourMs, week: 7 * 24 * hourMs };

/** Does what a call asks of a person's preferences; what it leaves out stays. Throws conflict. */
export async function changePreferences(
  tx: TenantTransaction,
  tenantId: TenantId,
  userId: string,
  { changes, now }: { changes: PreferenceChanges; now: number },
): Promise<void> {
  const choices = choicesOf(changes);
  if (choices.length > 0) await saveChoices(tx, tenantId, userId, choices);
  const timing = timingOf(changes, now);
  if (Object.keys(timing).length > 0) await saveTiming(tx, tenantId, userId, timing);
  const noDigest = changes.digest?.every === "off";
  const changesWait = changes.pause ?? changes.quietHours ?? changes.timezone;
  if (noDigest || changesWait !== undefined)
    await judgeHeldAnew(tx, tenantId, userId, { now: new Date(now), noDigest });
}

function choicesOf({ categories = [] }: PreferenceChanges): Choice[] {
  return categories.flatMap((category) =>
    deliveryChannels.flatMap((channel) => {
      const choice = category[channel] ?? category.channels?.[channel]?.choice;
      if (!choice) return [];
      return [{ type: category.type, channel, enabled: choice === "default" ? undefined : choice === "on" }];
    }),
  );
}

function timingOf({ timezone, quietHours, digest, pause }: PreferenceChanges, now: number): TimingChanges {
  const told = {
    timezone,
    quiet: quietHours?.enabled,
    quietFrom: quietHours?.from,
    quietTo: quietHours?.to,
    digestEvery: digest?.every,
    digestAt: digest?.at,
    digestWeekday: digest?.weekday,
    pausedUntil: pause === undefined ? undefined : pause === "none" ? null : new Date(now + pauses[pause]),
  };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
}
