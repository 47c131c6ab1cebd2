import type { ReactElement } from "react";
import { render, toPlainText } from "react-email";

export interface RenderedMail {
  html: string;
  text: string;
}

/** Both parts of a mail. The text is made of the HTML unless it is given. */
export async function renderMail(mail: ReactElement, text?: string): Promise<RenderedMail> {
  const html = await render(mail);
  return { html, text: text ?? toPlainText(html) };
}
