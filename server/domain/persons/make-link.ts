import { createHash, randomBytes } from "node:crypto";
import { decryptSecret, deriveKey, encryptSecret } from "../../config/secrets.ts";

/** What stands in a link that is good once, and what is stored of it: 256 random bits, so that a plain hash is enough. */
export function makeLink(): { token: string; hash: string } {
  const token = randomBytes(32).toString("base64url");
  return { token, hash: hashLink(token) };
}

export function hashLink(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** A link for a job that mails it: the queue's rows show none that is good. */
export function sealLink(authSecret: string, email: string, link: string): string {
  return encryptSecret(deriveKey(authSecret, "stored-secrets"), link, `person-mail:${email}`);
}

/**
 * The reverse of `sealLink`.
 * @throws Error when it was sealed with another AUTH_SECRET, for another address, or was changed.
 */
export function openLink(authSecret: string, email: string, sealed: string): string {
  return decryptSecret(deriveKey(authSecret, "stored-secrets"), sealed, `person-mail:${email}`);
}
