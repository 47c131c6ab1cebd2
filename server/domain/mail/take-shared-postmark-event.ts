import { mutation } from "../../operation.ts";
import { empty } from "../../schema.ts";
import { ensurePostmarkSecret, postmarkAliases, postmarkEvent, postmarkHeaders } from "./accept-postmark.ts";
import { readPostmarkReport } from "./read-bounce.ts";
import { recordShared } from "./record-shared.ts";

export const takeSharedPostmarkEvent = mutation({
  name: "installation.takePostmarkEvent",
  summary:
    "For Postmark: bounces and spam complaints of the mail server that all tenants share. Believed with the secret in MAIL_POSTMARK_SECRET, as password in the address (Basic), as header or as query",
  http: {
    method: "POST",
    path: "/installation/mail/events/postmark",
    root: true,
    headers: postmarkHeaders,
    aliases: postmarkAliases,
  },
  access: { caller: "anyone" },
  input: postmarkEvent,
  output: empty,
  errors: ["unauthenticated", "forbidden"],
  async handle(ctx, { secret, ...event }) {
    ensurePostmarkSecret(secret, ctx.services.settings.bounces.postmarkSecret);
    return await recordShared(ctx, readPostmarkReport(event));
  },
});
