import { Section } from "react-email";
import type { Brand } from "./brand.ts";
import { Action, Layout, Paragraph, Title, Unsubscribe } from "./layout.tsx";

export interface NotificationProps {
  brand: Brand;
  subject: string;
  message: string;
  summary?: string | undefined;
  /** Sanitised; instead of the message. */
  html?: string | undefined;
  openUrl?: string | undefined;
  unsubscribeUrl?: string | undefined;
}

export function NotificationMail({
  brand,
  subject,
  message,
  summary,
  html,
  openUrl,
  unsubscribeUrl,
}: NotificationProps) {
  return (
    <Layout
      brand={brand}
      preview={summary ?? message}
      footer={<Unsubscribe href={unsubscribeUrl} what="notifications of this kind by email" />}
    >
      <Title>{subject}</Title>
      {html ? <Content html={html} /> : <Paragraph>{message}</Paragraph>}
      {openUrl && (
        <Action brand={brand} href={openUrl}>
          Open the inbox
        </Action>
      )}
    </Layout>
  );
}

/** Of whatever brings its own colours: on a dark ground some of them could not be read, so that it keeps a light one. */
const coloured = /color\s*[:=]/i;

function Content({ html }: { html: string }) {
  const keepsLight = coloured.test(html);
  return (
    <Section
      className={keepsLight ? "content paper" : "content ink"}
      style={{
        fontSize: "15px",
        lineHeight: "23px",
        color: "#16191b",
        ...(keepsLight ? { backgroundColor: "#ffffff", borderRadius: "6px" } : {}),
      }}
    >
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: whoever renders a mail has sanitised it, a second time */}
      <div dir="auto" dangerouslySetInnerHTML={{ __html: html }} />
    </Section>
  );
}
