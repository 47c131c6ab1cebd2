import { createElement } from "react";
import type { Brand } from "./brand.ts";
import { NotificationMail } from "./notification.tsx";
import { type RenderedMail, renderMail } from "./render.ts";
import { writeText } from "./text.ts";

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
  const text = writeText({
    ...{ brand, parts: [subject, mailText ?? message], action: "Open the inbox" },
    ...{ openUrl: links.open, unsubscribeUrl: links.unsubscribe },
  });
  return renderMail(element, text);
}
