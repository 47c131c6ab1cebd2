import type { SignedIn, TenantId } from "../../auth/principal.ts";
import { networkOf } from "../../client-address.ts";
import { DomainError } from "../../errors.ts";
import type { Person } from "../../persistence/generated/client.ts";
import type { Job } from "../../persistence/jobs.ts";
import type { Services } from "../../services.ts";

/** How long after a sign-in, or a password given again, dangerous calls go through, in ms. */
const sudoMs = 10 * 60 * 1000;

/** Until when they go through, by Postgres' clock. */
export function sudoFrom(now: Date): Date {
  return new Date(now.getTime() + sudoMs);
}

// Guessing: so many tries at once, then one in so many seconds. Counted whether there is such a person or not.
const tries = { rate: 1 / 30, burst: 10 };
const triesOfAddress = { rate: 1 / 3, burst: 60 };
/** Mails that a stranger can have sent to somebody. */
const mails = { rate: 1 / 300, burst: 3 };

/**
 * Throws rate_limited when too many came in from an address. Where a provider has answered for who asks there is no account to guess at,
 * and nobody guesses a mailed link.
 */
export function ensureMayComeIn({ limiter }: Pick<Services, "limiter">, ip: string | undefined): void {
  if (ip !== undefined) limiter.take("sign-in-address", networkOf(ip), triesOfAddress);
}

/** Throws rate_limited when too many passwords or codes were tried for an account, or from an address. */
export function ensureMayTry(services: Pick<Services, "limiter">, account: string, ip: string | undefined): void {
  ensureMayComeIn(services, ip);
  services.limiter.take("sign-in", account, tries);
}

/**
 * Throws rate_limited when too many codes were tried of a person's second factor, whichever way the first one was shown: each mailed link
 * would bring tries of its own. Only who has shown that one gets here, so that no stranger keeps the person out by it.
 */
export function ensureMayTryCode({ limiter }: Pick<Services, "limiter">, { id }: Pick<Person, "id">): void {
  limiter.take("sign-in-code", id, tries);
}

/** Throws rate_limited when too many mails were asked for, to an address or from one. */
export function ensureMayMail({ limiter }: Pick<Services, "limiter">, email: string, ip: string | undefined): void {
  if (ip !== undefined) limiter.take("sign-in-mail-address", networkOf(ip), triesOfAddress);
  limiter.take("sign-in-mail", email, mails);
}

/**
 * Throws rate_limited when too many signed up from an address. Signing up says when an address is taken, as one is signed in by it at once,
 * with or without a mail server: this is what keeps it from being asked for a list of addresses.
 */
export function ensureMaySignUp({ limiter }: Pick<Services, "limiter">, ip: string | undefined): void {
  if (ip !== undefined) limiter.take("sign-up-address", networkOf(ip), triesOfAddress);
}

/**
 * Throws rate_limited when too many links with a password to set were tried from an address. A password's hash costs what a hundred calls
 * do, so that a link is looked at before, too.
 */
export function ensureMayOpenLink({ limiter }: Pick<Services, "limiter">, ip: string | undefined): void {
  if (ip !== undefined) limiter.take("link-address", networkOf(ip), triesOfAddress);
}

/** So many at once, then one in half a minute. */
const invitations = { rate: 1 / 30, burst: 50 };
/** Of one person. */
const tenantsMade = { rate: 1 / 60, burst: 20 };

/**
 * Throws rate_limited when a tenant has invited too many. Each is a mail by the installation's own server, in words of the tenant's and to
 * whom it names: all other mails of people, one after the other, would wait behind those of one who sends them by the thousand.
 */
export function ensureMayInvite({ limiter }: Pick<Services, "limiter">, tenantId: TenantId): void {
  limiter.take("invitation", tenantId, invitations);
}

/** Throws rate_limited when somebody made too many tenants: every node looks at each of them, and no id is free again. */
export function ensureMayMakeTenant({ limiter }: Pick<Services, "limiter">, person: SignedIn): void {
  if (!person.installationOwner) limiter.take("tenant-made", person.personId, tenantsMade);
}

/**
 * Throws conflict for two factors on an address that nobody has shown to be theirs: whoever signed up in somebody's name would keep the
 * address from its owner for good, and a mailed link must not take off the factor that is there for when a mailbox is stolen. Where no mail
 * goes out nobody can show it here, or be mailed a link, and a provider's word takes the factors off again; the installation's owner has
 * shown more.
 */
export function ensureOwnsAddress(
  { settings }: Pick<Services, "settings">,
  { verifiedAt, installationOwner }: Pick<Person, "verifiedAt" | "installationOwner">,
): void {
  if (verifiedAt !== null || installationOwner || !settings.mailServer) return;
  throw new DomainError("conflict", {
    detail: "Show first that the address is yours: set your password anew by a mailed link, at /reset",
  });
}

export type PersonLinkKind = "sign-in" | "reset";

/** How long a mailed link is good, in minutes. */
export const linkLasts: Record<PersonLinkKind, number> = { "sign-in": 15, reset: 60 };

/** `next` is where somebody wanted to go. */
export interface LinkMail {
  kind: PersonLinkKind;
  email: string;
  next?: string | undefined;
}

/** Mail that a person asked for, or somebody for a person. An invitation's link is sealed; the others are made when they are sent. */
export type PersonMail =
  | LinkMail
  | { kind: "invitation"; email: string; role: string; inviter?: string | undefined; sealedLink: string };

/**
 * In the transaction's tenant. Of two of a kind to one address that wait, the later is sent; until then it is tried. All go through the
 * installation's own server: while that hangs they wait for each other, and nobody else for them.
 */
export function personMailJob(tenantId: TenantId, mail: PersonMail, until: Date): Job {
  return {
    task: "person-mail",
    key: `person-mail:${tenantId}:${mail.kind}:${mail.email}`,
    queue: "person-mail",
    payload: { tenantId, ...mail, until: until.toISOString() },
  };
}

/** What a person without two factors has of them. */
export const noFactors = { totpSecret: null, totpConfirmedAt: null, totpLastStep: 0n, recoveryHashes: [] };
