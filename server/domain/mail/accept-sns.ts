import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { text } from "../../schema.ts";
import type { Services } from "../../services.ts";
import { type BounceReport, readSesReport } from "./read-bounce.ts";
import { isSignedBySns, isSnsAddress } from "./verify-sns.ts";

export const snsAliases = { MessageId: "reference" };

/** A message of SNS, as it is posted. */
export const snsMessage = z.object({
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
});

/**
 * What a message of SNS says came back; nothing when it says something else. A subscription to the topic is confirmed. Throws `forbidden`
 * for one of another topic or not signed by SNS, `unavailable` when SNS does not answer.
 */
export async function acceptSns(
  { certificates, now }: Pick<Services, "certificates" | "now">,
  message: z.output<typeof snsMessage>,
  topicArn: string | null | undefined,
): Promise<BounceReport | undefined> {
  if (!topicArn || topicArn !== message.topicArn)
    throw new DomainError("forbidden", { detail: "The topic is not the one in the mail settings" });
  const pem = await certificates.get(message.signingCertUrl);
  if (!isSignedBySns(message, pem, now()))
    throw new DomainError("forbidden", { detail: "The message is not signed by SNS" });
  if (message.type === "SubscriptionConfirmation") {
    if (!message.subscribeUrl || !isSnsAddress(message.subscribeUrl)) throw new DomainError("forbidden");
    await certificates.ask(message.subscribeUrl);
  }
  return message.type === "Notification" ? readSesReport(message.message) : undefined;
}
