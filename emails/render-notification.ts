import { createElement } from "react";
import type { Brand } from "./brand.ts";
import { NotificationMail } from "./notification.tsx";
import { type RenderedMail, renderMail } from "./render.ts";

export interface NotificationText {
  subject: string;
  message: string;
  /** The text part where that is another than the message. */
  mailText?: string | null | undefined;
  /** Sanitised; instead of the message. */
  htmlContent?: string | null | undefined;
  summary?: string | null | undefined;
}

export interface NotificationLinks {
  open?: string | undefined;
  unsubscribe?: string | undefined;
}

/** Both parts of a notification's mail, for whoever sends it and whoever wants to see it before. */
export function renderNotification(
  { subject, message, mailText, htmlContent, summary }: NotificationText,
  brand: Brand,
  links: NotificationLinks,
): Promise<RenderedMail> {
  const element = createElement(NotificationMail, {
    ...{ brand, subject, message },
    summary: summary ?? undefined,
    html: htmlContent || undefined,
    openUrl: links.open,
    unsubscribeUrl: links.unsubscribe,
  });
  return renderMail(element, textOf([subject, mailText ?? message], brand, links));
}

/** The text part says what the sender wrote as text, not what can be read out of the HTML. */
function textOf(parts: string[], brand: Brand, links: NotificationLinks): string {
  const foot = [
    ...(links.unsubscribe ? [`Unsubscribe or choose what you get: ${links.unsubscribe}`] : []),
    `Sent by ${brand.name}`,
  ];
  return `${[...parts, ...(links.open ? [`Open the inbox: ${links.open}`] : []), `-- \n${foot.join("\n")}`].join("\n\n")}\n`;
}
