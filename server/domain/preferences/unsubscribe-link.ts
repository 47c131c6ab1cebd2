import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { findCategory } from "../categories/store.ts";
import { readLink } from "./policy.ts";
import { titleOfLink } from "./presenter.ts";
import { linkToken, unsubscribedSchema } from "./schema.ts";
import { saveUnsubscription } from "./store.ts";

export const unsubscribeLink = mutation({
  name: "preferences.unsubscribe",
  summary: "No more mails of the type that a mail was of, or after a digest of any type, by the link in it (RFC 8058)",
  http: { method: "POST", path: "/links/{token}/unsubscribe" },
  access: { caller: "anyone", evenSuspended: true },
  input: z.object({ token: linkToken }),
  output: unsubscribedSchema,
  errors: ["conflict"],
  async handle(ctx, { token }) {
    const { settings } = ctx.services;
    const { userId, type } = readLink(settings.authSecret, ctx.tenantId, token);
    return workOf(ctx, async ({ tx }) => {
      const category = await findCategory(tx, ctx.tenantId, type);
      if (category?.required)
        throw new DomainError("conflict", { detail: `${category.title} cannot be unsubscribed from` });
      await saveUnsubscription(tx, ctx.tenantId, userId, type);
      return { type, title: titleOfLink(type, category), channel: "email" as const, subscribed: false };
    });
  },
});
