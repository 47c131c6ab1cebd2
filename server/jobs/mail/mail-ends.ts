import { clipWords, type SmtpFault } from "../../domain/mail/policy.ts";
import type { MailEnd } from "./mail-store.ts";

/** No try of the mail: it goes by another line, or when one is free. A second more or less by chance, so that not all come back at once. */
export function putOff({ message }: SmtpFault, now: number): MailEnd {
  const dueAt = new Date(now + 1000 + 1000 * Math.random());
  return { outcome: "stopped", status: "queued", words: clipWords(message), dueAt };
}

/** No try of the mail either: it waits, of a tenant that is suspended until that is let on, which asks for it. */
export function leftWaiting({ message }: Error, now: number): MailEnd {
  return { outcome: "stopped", status: "queued", detail: message, words: message, dueAt: new Date(now) };
}

/** A mail that is given up, or was refused for good. */
export function failed(outcome: "temporary" | "permanent", words: string): MailEnd {
  return { outcome, status: "failed", rule: "refused", detail: words, words };
}
