import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { empty } from "../../schema.ts";
import { ensurePostmarkSecret, postmarkAliases, postmarkEvent, postmarkHeaders } from "./accept-postmark.ts";
import { readPostmarkReport } from "./read-bounce.ts";
import { findMail, openMailSecret, recordBounces } from "./store.ts";

export const takePostmarkEvent = mutation({
  name: "mail.takePostmarkEvent",
  summary:
    "For Postmark: bounces and spam complaints. Believed with the secret of the settings, as password in the address (Basic), as header or as query",
  http: {
    method: "POST",
    path: "/mail/events/postmark",
    headers: postmarkHeaders,
    aliases: postmarkAliases,
  },
  access: { caller: "anyone", evenSuspended: true },
  input: postmarkEvent,
  output: empty,
  errors: ["forbidden"],
  async handle(ctx, { secret, ...event }) {
    const { db, settings } = ctx.services;
    const sealed = (await findMail(db, ctx.tenantId)).settings?.postmarkSecret;
    const wanted = sealed && openMailSecret(settings.authSecret, ctx.tenantId, "postmark", sealed);
    ensurePostmarkSecret(secret, wanted);
    const report = readPostmarkReport(event);
    return await workOf(ctx, async ({ tx }) => {
      if (report) await recordBounces(tx, ctx.tenantId, report);
      return {};
    });
  },
});
