import { Hr, Section, Text } from "react-email";
import type { Brand } from "./brand.ts";
import { Action, Layout, Paragraph, Small, Title, Unsubscribe } from "./layout.tsx";
import { type RenderedMail, renderMail } from "./render.ts";
import { writeText } from "./text.ts";

export interface DigestProps {
  brand: Brand;
  title: string;
  intro?: string | undefined;
  /** `at` as it is shown, in the person's zone. */
  items: { subject: string; message: string; at: string }[];
  /** How many there are beside those shown. */
  more?: number | undefined;
  openUrl?: string | undefined;
  unsubscribeUrl?: string | undefined;
}

/** Both parts of a digest. */
export function renderDigest(props: DigestProps): Promise<RenderedMail> {
  const { brand, title, intro, items, more = 0, openUrl, unsubscribeUrl } = props;
  const said = items.map(({ subject, message, at }) => [subject, message, at].filter(Boolean).join("\n"));
  const parts = [title, intro, ...said, more > 0 ? `and ${more} more` : undefined];
  return renderMail(
    <DigestMail {...props} />,
    writeText({ brand, parts, action: "Open the inbox", openUrl, unsubscribeUrl }),
  );
}

function DigestMail({ brand, title, intro, items, more = 0, openUrl, unsubscribeUrl }: DigestProps) {
  return (
    <Layout
      brand={brand}
      preview={items.map((item) => item.subject).join(" · ")}
      footer={<Unsubscribe href={unsubscribeUrl} what="this summary by email" />}
    >
      <Title>{title}</Title>
      {intro && <Paragraph>{intro}</Paragraph>}
      {items.map((item, index) => (
        <Section
          // biome-ignore lint/suspicious/noArrayIndexKey: a mail is rendered once
          key={index}
        >
          {index > 0 && <Hr className="rule" style={{ borderColor: "#e4e6e4", margin: "14px 0" }} />}
          <Text
            dir="auto"
            className="ink"
            style={{ margin: 0, fontSize: "15px", lineHeight: "22px", fontWeight: 600, color: "#16191b" }}
          >
            {item.subject}
          </Text>
          <Text
            dir="auto"
            className="ink"
            style={{
              margin: "2px 0 4px",
              fontSize: "15px",
              lineHeight: "22px",
              color: "#16191b",
              whiteSpace: "pre-line",
            }}
          >
            {item.message}
          </Text>
          <Small>{item.at}</Small>
        </Section>
      ))}
      {more > 0 && (
        <Text className="ink" style={{ margin: "14px 0 12px", fontSize: "15px", lineHeight: "22px", color: "#16191b" }}>
          and {more} more
        </Text>
      )}
      {openUrl && (
        <Action brand={brand} href={openUrl}>
          Open the inbox
        </Action>
      )}
    </Layout>
  );
}
