import { mutation } from "../../operation.ts";
import { empty } from "../../schema.ts";
import { acceptSns, snsAliases, snsMessage } from "./accept-sns.ts";
import { recordShared } from "./record-shared.ts";

export const takeSharedSesEvent = mutation({
  name: "installation.takeSesEvent",
  summary:
    "For Amazon SNS: bounces and complaints of the mail server that all tenants share. Believed when it is signed by SNS and of the topic in MAIL_SNS_TOPIC_ARN",
  http: {
    method: "POST",
    path: "/installation/mail/events/ses",
    root: true,
    also: [{ method: "POST", path: "/installation/mail/events/sns" }],
    anyType: true,
    aliases: snsAliases,
  },
  access: { caller: "anyone" },
  input: snsMessage,
  output: empty,
  errors: ["unauthenticated", "forbidden"],
  async handle(ctx, message) {
    const report = await acceptSns(ctx.services, message, ctx.services.settings.bounces.snsTopicArn);
    return await recordShared(ctx, report);
  },
});
