import { z } from "zod";
import { hashApiKey } from "../../auth/api-key.ts";
import { sameText } from "../../auth/mac.ts";
import { DomainError } from "../../errors.ts";
import { text } from "../../schema.ts";

/** The secret comes as the password of the address (Basic), as a header or in the query. */
export const postmarkHeaders = { authorization: "secret", "x-webhook-secret": "secret" };
export const postmarkAliases = { MessageID: "reference" };

export const postmarkEvent = z.object({
  recordType: text(100),
  type: text(100).optional(),
  email: text(320).optional(),
  reference: text(200).optional().describe("MessageID, as Postmark says it"),
  description: text(10_000).optional(),
  details: text(10_000).optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  secret: text(300).optional(),
});

/** Throws `forbidden` for another secret, none, and every one where none is set. */
export function ensurePostmarkSecret(secret: string | undefined, wanted: string | null | undefined): void {
  if (!wanted || secret === undefined || !sameText(hashApiKey(secret), hashApiKey(wanted)))
    throw new DomainError("forbidden", { detail: "The secret is not the one in the mail settings" });
}
