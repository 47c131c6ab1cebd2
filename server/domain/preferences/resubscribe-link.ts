import { z } from "zod";
import { mutation } from "../../operation.ts";
import type { Category as CategoryRow } from "../../persistence/generated/client.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { findCategory } from "../categories/store.ts";
import { tenantSettingsSchema } from "../tenants/schema.ts";
import { readLink } from "./policy.ts";
import { defaultsOf, titleOfLink } from "./presenter.ts";
import { everyType, linkToken, unsubscribedSchema } from "./schema.ts";
import { readPreferences, type StoredPreferences, saveChoices, yesBeforeAll } from "./store.ts";

export const resubscribeLink = mutation({
  name: "preferences.resubscribe",
  summary: "Undo unsubscribing, by the same link: mails of the type go out as before",
  http: { method: "POST", path: "/links/{token}/resubscribe" },
  access: { caller: "anyone", evenSuspended: true },
  input: z.object({ token: linkToken }),
  output: unsubscribedSchema,
  async handle(ctx, { token }) {
    const { settings } = ctx.services;
    const { userId, type } = readLink(settings.authSecret, ctx.tenantId, token);
    return workOf(ctx, async ({ tx }) => {
      const category = await findCategory(tx, ctx.tenantId, type);
      const stored = await readPreferences(tx, ctx.tenantId, userId);
      const enabled = needsYes(stored, type, category) ? true : undefined;
      const also = type === everyType ? takenAway(stored) : [];
      const choices = [{ type, enabled }, ...also].map((choice) => ({ ...choice, channel: "email" as const }));
      await saveChoices(tx, ctx.tenantId, userId, choices, { byLink: true });
      return { type, title: titleOfLink(type, category), channel: "email" as const, subscribed: true };
    });
  },
});

/** What a no to all took away. */
function takenAway({ choices }: StoredPreferences): { type: string; enabled: boolean }[] {
  const taken = choices.filter(({ channel, before }) => channel === "email" && before === yesBeforeAll);
  return taken.map(({ type }) => ({ type, enabled: true }));
}

/** Whether mails of a type go out again only by a choice for them: for who had made one, and where what else is said would stop them. */
function needsYes({ tenant, choices }: StoredPreferences, type: string, category: CategoryRow | null): boolean {
  const choiceFor = (of: string) => choices.find((choice) => choice.type === of && choice.channel === "email");
  const own = choiceFor(type);
  if (own?.enabled || own?.before === "on" || own?.before === yesBeforeAll) return true;
  if (type === everyType) return false;
  const ofAll = choiceFor(everyType)?.enabled;
  // Who had chosen nothing may have got what its sender asked for: that is what comes back.
  if (!own || own.before === "default") return ofAll === false;
  const settings = tenantSettingsSchema.parse(tenant.settings);
  return !(ofAll ?? defaultsOf(settings, type, category ?? undefined).channels.email);
}
