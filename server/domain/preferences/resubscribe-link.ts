import { z } from "zod";
import { mutation } from "../../operation.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { findCategory } from "../categories/store.ts";
import { readLink } from "./policy.ts";
import { titleOf } from "./presenter.ts";
import { everyType, linkToken, unsubscribedSchema } from "./schema.ts";
import { readPreferences, saveChoices } from "./store.ts";

export const resubscribeLink = mutation({
  name: "preferences.resubscribe",
  summary: "Undo unsubscribing, by the same link: mails of the type go out as before",
  http: { method: "POST", path: "/links/{token}/resubscribe" },
  access: { caller: "anyone" },
  input: z.object({ token: linkToken }),
  output: unsubscribedSchema,
  async handle(ctx, { token }) {
    const { db, settings } = ctx.services;
    const { userId, type } = readLink(settings.authSecret, ctx.tenantId, token);
    return unitOfWork(
      db,
      ctx.tenantId,
      async ({ tx }) => {
        const category = await findCategory(tx, ctx.tenantId, type);
        const { choices } = await readPreferences(tx, ctx.tenantId, userId);
        // Without a choice of its own the type would follow a "no" to everything.
        const noToAll = choices.some((c) => c.type === everyType && c.channel === "email" && !c.enabled);
        const enabled = noToAll && type !== everyType ? true : undefined;
        await saveChoices(tx, ctx.tenantId, userId, [{ type, channel: "email", enabled }], { byLink: true });
        return { type, title: titleOf(type, category), channel: "email" as const, subscribed: true };
      },
      ctx.idempotent,
    );
  },
});
