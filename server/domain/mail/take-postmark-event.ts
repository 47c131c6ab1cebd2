import { z } from "zod";
import { hashApiKey, sameHash } from "../../auth/api-key.ts";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { empty, text } from "../../schema.ts";
import { readPostmarkReport } from "./read-bounce.ts";
import { findMail, openMailSecret, recordBounces } from "./store.ts";

export const takePostmarkEvent = mutation({
  name: "mail.takePostmarkEvent",
  summary:
    "For Postmark: bounces and spam complaints. Believed with the secret of the settings, as password in the address (Basic), as header or as query",
  http: {
    method: "POST",
    path: "/mail/events/postmark",
    headers: { authorization: "secret", "x-webhook-secret": "secret" },
    aliases: { MessageID: "reference" },
  },
  access: { caller: "anyone" },
  input: z.object({
    recordType: text(100),
    type: text(100).optional(),
    email: text(320).optional(),
    reference: text(200).optional().describe("MessageID, as Postmark says it"),
    description: text(10_000).optional(),
    details: text(10_000).optional(),
    metadata: z.record(z.string(), z.unknown()).optional(),
    secret: text(300).optional(),
  }),
  output: empty,
  errors: ["forbidden"],
  async handle(ctx, { secret, ...event }) {
    const { db, settings } = ctx.services;
    const sealed = (await findMail(db, ctx.tenantId)).settings?.postmarkSecret;
    const wanted = sealed && openMailSecret(settings.authSecret, ctx.tenantId, "postmark", sealed);
    if (!wanted || secret === undefined || !sameHash(hashApiKey(secret), hashApiKey(wanted)))
      throw new DomainError("forbidden", { detail: "The secret is not the one in the mail settings" });
    const report = readPostmarkReport(event);
    return await unitOfWork(
      db,
      ctx.tenantId,
      async ({ tx }) => {
        if (report) await recordBounces(tx, ctx.tenantId, report);
        return {};
      },
      ctx.idempotent,
    );
  },
});
