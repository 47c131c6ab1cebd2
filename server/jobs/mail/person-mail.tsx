import { createHash } from "node:crypto";
import MailComposer from "nodemailer/lib/mail-composer";
import type { ReactElement } from "react";
import { InvitationMail } from "../../../emails/invitation.tsx";
import { renderMail } from "../../../emails/render.ts";
import { ResetMail } from "../../../emails/reset.tsx";
import { SignInMail } from "../../../emails/sign-in.tsx";
import type { TenantId } from "../../auth/principal.ts";
import { judgeFault, type SmtpFault } from "../../domain/mail/policy.ts";
import { makeLink, openLink } from "../../domain/persons/make-link.ts";
import { type LinkMail, linkLasts, type PersonMail } from "../../domain/persons/policy.ts";
import { asInstallation, findPersonByEmail, insertLink } from "../../domain/persons/store.ts";
import { getTenant } from "../../domain/tenants/store.ts";
import type { Sender } from "./compose.tsx";
import { senderOf, sharedServer } from "./outlet.ts";
import type { MailContext } from "./pump.ts";
import { SmtpLine, smtpWaits } from "./smtp.ts";
import { Turnstile } from "./turnstile.ts";

/** What personMailJob put into the queue; `until` in ISO 8601. */
export type PersonMailJob = PersonMail & { until: string };

interface Letter {
  subject: string;
  sender: Sender;
  link: string;
  element: ReactElement;
}

/**
 * Mails a link to a person by the installation's own server, never by a tenant's: whoever runs a tenant's server would read it. Throws
 * when the server is in trouble, so that the queue tries again; what it refuses for good is let go.
 */
export async function sendPersonMail(context: MailContext, tenantId: TenantId, job: PersonMailJob): Promise<void> {
  if ((await context.db.now()) > Date.parse(job.until)) return;
  const { config, log } = context;
  const letter = job.kind === "invitation" ? await invite(context, tenantId, job) : await letIn(context, job);
  if (!letter) return;
  const server = sharedServer(config);
  if (!server) {
    // Only on the embedded default, whose output its one owner reads: there the log is the mail, so LOG_LEVEL does not keep it back.
    if (config.database.embedded)
      log
        .child({}, { level: "info" })
        .info({ to: job.email, link: letter.link }, `no MAIL_URL is set: ${letter.subject}`);
    else log.warn({ kind: job.kind }, "a mail to a person is not sent: no MAIL_URL is set");
    return;
  }
  const line = new SmtpLine(server, { ...smtpWaits, ...context.waits });
  const turn = new Turnstile().turn();
  try {
    await line.send({ from: letter.sender.from.address, to: job.email }, await compose(tenantId, job, letter), turn);
  } catch (error) {
    const { temporary, words } = judgeFault(error as SmtpFault);
    if (temporary) throw error;
    log.warn({ kind: job.kind, words }, "a mail to a person was refused");
  } finally {
    turn.end();
    line.close();
  }
}

/** A link to sign in or to set a new password, made now; undefined when nobody has the address. */
async function letIn({ db, config }: MailContext, { kind, email, next }: LinkMail): Promise<Letter | undefined> {
  const minutes = linkLasts[kind];
  const { token, hash } = makeLink();
  const expiresAt = new Date((await db.now()) + minutes * 60_000);
  const known = await asInstallation(db, async (tx) => {
    const person = await findPersonByEmail(tx, email);
    if (person) await insertLink(tx, { kind, hash, personId: person.id, expiresAt });
    return person !== null;
  });
  if (!known) return undefined;
  const sender = senderOf(config, { name: "Parley", settings: {} }, null);
  const { brand } = sender;
  const onward = next === undefined ? "" : `&${new URLSearchParams({ next })}`;
  if (kind === "sign-in") {
    const link = `${config.baseUrl}/sign-in?link=${token}${onward}`;
    const element = <SignInMail {...{ brand, minutes }} url={link} />;
    return { subject: "Your link to sign in", sender, link, element };
  }
  const link = `${config.baseUrl}/reset?token=${token}${onward}`;
  return { subject: "Set a new password", sender, link, element: <ResetMail {...{ brand, minutes }} url={link} /> };
}

async function invite(
  { db, config }: MailContext,
  tenantId: TenantId,
  job: Extract<PersonMailJob, { kind: "invitation" }>,
): Promise<Letter> {
  const sender = senderOf(config, await getTenant(db, tenantId), null);
  const link = openLink(config.authSecret, job.email, job.sealedLink);
  const { brand } = sender;
  const expires = `${job.until.slice(0, 16).replace("T", " ")} UTC`;
  const inviter = job.inviter ?? brand.name;
  const element = <InvitationMail {...{ brand, inviter, expires }} role={job.role} url={link} />;
  return { subject: `Join ${brand.name}`, sender, link, element };
}

async function compose(tenantId: TenantId, job: PersonMailJob, { subject, sender, element }: Letter): Promise<Buffer> {
  const composer = new MailComposer({
    from: sender.from,
    to: job.email,
    subject,
    messageId: `<${nameOf(tenantId, job)}@${sender.host}>`,
    headers: { "Auto-Submitted": "auto-generated" },
    ...(await renderMail(element)),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return await composer.compile().build();
}

/** The same at every try: whose it is, what was asked for, for whom, and until when it is good. Nothing of a link is in it. */
function nameOf(tenantId: TenantId, { kind, email, until }: PersonMailJob): string {
  const said = JSON.stringify([tenantId, kind, email, until]);
  return createHash("sha256").update(said).digest("hex").slice(0, 32);
}
