import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { empty, text } from "../../schema.ts";
import { readSesReport } from "./read-bounce.ts";
import { findMail, recordBounces } from "./store.ts";
import { isSignedBySns, isSnsAddress } from "./verify-sns.ts";

export const takeSesEvent = mutation({
  name: "mail.takeSesEvent",
  summary:
    "For Amazon SNS: bounces and complaints of SES. Believed when it is signed by SNS and of the topic in the settings",
  http: {
    method: "POST",
    path: "/mail/events/ses",
    also: [{ method: "POST", path: "/mail/events/sns" }],
    anyType: true,
    aliases: { MessageId: "reference" },
  },
  access: { caller: "anyone" },
  input: z.object({
    type: text(100),
    reference: text(200).describe("MessageId, as SNS says it"),
    topicArn: text(300),
    subject: text(1000).optional(),
    message: text(200_000),
    timestamp: text(100),
    signatureVersion: text(10),
    signature: text(2000),
    signingCertUrl: text(500),
    subscribeUrl: text(2000).optional(),
    token: text(2000).optional(),
  }),
  output: empty,
  errors: ["forbidden"],
  async handle(ctx, message) {
    const { db, certificates, now } = ctx.services;
    const { settings } = await findMail(db, ctx.tenantId);
    if (!settings?.snsTopicArn || settings.snsTopicArn !== message.topicArn)
      throw new DomainError("forbidden", { detail: "The topic is not the one in the mail settings" });
    const pem = await certificates.get(message.signingCertUrl);
    if (!isSignedBySns(message, pem, now()))
      throw new DomainError("forbidden", { detail: "The message is not signed by SNS" });
    if (message.type === "SubscriptionConfirmation") {
      if (!message.subscribeUrl || !isSnsAddress(message.subscribeUrl)) throw new DomainError("forbidden");
      await certificates.ask(message.subscribeUrl);
    }
    const report = message.type === "Notification" ? readSesReport(message.message) : undefined;
    if (!report) return {};
    return await unitOfWork(
      db,
      ctx.tenantId,
      async ({ tx }) => {
        await recordBounces(tx, ctx.tenantId, report);
        return {};
      },
      ctx.idempotent,
    );
  },
});
