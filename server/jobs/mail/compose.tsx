import MailComposer from "nodemailer/lib/mail-composer";
import { type AwayProps, renderAway } from "../../../emails/away.tsx";
import type { Brand } from "../../../emails/brand.ts";
import { type DigestProps, renderDigest } from "../../../emails/digest.tsx";
import type { RenderedMail } from "../../../emails/render.ts";
import { renderNotification } from "../../../emails/render-notification.ts";
import { sanitizeHtml } from "../../html.ts";
import type { ClaimedMail } from "./mail-store.ts";

/** Whose mail it is and from where it is sent. */
export interface Sender {
  /** Left out where mail is of the installation itself. */
  tenantId?: string | undefined;
  brand: Brand;
  from: { name: string; address: string };
  /** Of the installation: right of the @ in Message-IDs. Not the address's own, which may be another one at the next try. */
  host: string;
  replyTo?: string | undefined;
}

export interface Links {
  open?: string | undefined;
  /** One click takes the person off it (RFC 8058); none on mail that is not to be unsubscribed. */
  unsubscribe?: string | undefined;
}

/** A mail as it goes over the wire (RFC 5322). The same delivery gives the same Message-ID, however often it is tried. */
export async function composeMail(mail: ClaimedMail, sender: Sender, links: Links): Promise<Buffer> {
  const { html, text } = await render(mail, sender.brand, links);
  const { unsubscribe } = links;
  const { tenantId = "" } = sender;
  const composer = new MailComposer({
    from: sender.from,
    to: mail.address ?? "",
    ...(sender.replyTo ? { replyTo: sender.replyTo } : {}),
    subject: mail.notification?.subject ?? mail.subject,
    messageId: messageIdOf(mail, sender),
    headers: {
      "Auto-Submitted": "auto-generated",
      "X-Parley-Delivery": mail.id,
      "X-Parley-Tenant": tenantId,
      // Postmark tells bounces with its metadata, SES with its tags: so we know which mail it was.
      "X-PM-Metadata-parley-delivery": mail.id,
      "X-PM-Metadata-parley-tenant": tenantId,
      "X-SES-MESSAGE-TAGS": `parley-delivery=${mail.id}, parley-tenant=${tenantId}`,
      ...(unsubscribe
        ? { "List-Unsubscribe": `<${unsubscribe}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" }
        : {}),
    },
    text,
    html,
    // What callers say is text: nothing in it is fetched or read.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return await composer.compile().build();
}

/** Asked for again by an operator it is another mail: receivers drop what they have seen the Message-ID of. */
export function messageIdOf({ id, round }: Pick<ClaimedMail, "id" | "round">, { host }: Pick<Sender, "host">): string {
  return `<${id}${round === 0 ? "" : `.${round}`}@${host}>`;
}

function render(mail: ClaimedMail, brand: Brand, links: Links): Promise<RenderedMail> {
  const unsubscribeUrl = links.unsubscribe;
  if (mail.kind === "digest")
    return renderDigest({ openUrl: links.open, ...(mail.mail as DigestProps), brand, unsubscribeUrl });
  if (mail.kind === "away")
    return renderAway({ url: links.open, ...(mail.mail as AwayProps), title: mail.subject, brand, unsubscribeUrl });
  const said = mail.notification ?? (mail.mail as Partial<Said> | null) ?? {};
  const { htmlContent } = said;
  const text = { message: "", ...said, subject: said.subject ?? mail.subject };
  return renderNotification(
    { ...text, htmlContent: htmlContent ? sanitizeHtml(htmlContent) : undefined },
    brand,
    links,
  );
}

type Said = NonNullable<ClaimedMail["notification"]>;
