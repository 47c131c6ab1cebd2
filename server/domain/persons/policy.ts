import type { Services } from "../../services.ts";

/** How long after a sign-in, or a password given again, dangerous calls go through, in ms. */
const sudoMs = 10 * 60 * 1000;

export function sudoFromNow(): Date {
  return new Date(Date.now() + sudoMs);
}

// Guessing: so many tries at once, then one in so many seconds. Counted whether there is such a person or not.
const tries = { rate: 1 / 30, burst: 10 };
const triesOfAddress = { rate: 1 / 3, burst: 60 };
/** Mails that a stranger can have sent to somebody. */
const mails = { rate: 1 / 300, burst: 3 };

/** Throws rate_limited when too many passwords or codes were tried for an account, or from an address. */
export function ensureMayTry({ limiter }: Pick<Services, "limiter">, account: string, ip: string | undefined): void {
  if (ip !== undefined) limiter.take("sign-in-address", ip, triesOfAddress);
  limiter.take("sign-in", account, tries);
}

/** Throws rate_limited when too many mails were asked for. */
export function ensureMayMail({ limiter }: Pick<Services, "limiter">, email: string): void {
  limiter.take("sign-in-mail", email, mails);
}
