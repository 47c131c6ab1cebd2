import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { empty } from "../../schema.ts";
import { acceptSns, snsAliases, snsMessage } from "./accept-sns.ts";
import { findMail, recordBounces } from "./store.ts";

export const takeSesEvent = mutation({
  name: "mail.takeSesEvent",
  summary:
    "For Amazon SNS: bounces and complaints of SES. Believed when it is signed by SNS and of the topic in the settings",
  http: {
    method: "POST",
    path: "/mail/events/ses",
    also: [{ method: "POST", path: "/mail/events/sns" }],
    anyType: true,
    aliases: snsAliases,
  },
  access: { caller: "anyone", evenSuspended: true },
  input: snsMessage,
  output: empty,
  errors: ["forbidden"],
  async handle(ctx, message) {
    const { db } = ctx.services;
    const { settings } = await findMail(db, ctx.tenantId);
    const report = await acceptSns(ctx.services, message, settings?.snsTopicArn);
    if (!report) return {};
    return await workOf(ctx, async ({ tx }) => {
      await recordBounces(tx, ctx.tenantId, report);
      return {};
    });
  },
});
