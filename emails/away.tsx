import { Section, Text } from "react-email";
import type { Brand } from "./brand.ts";
import { Action, Layout, Small, Title, Unsubscribe } from "./layout.tsx";
import { type RenderedMail, renderMail } from "./render.ts";
import { writeText } from "./text.ts";

export interface AwayProps {
  brand: Brand;
  /** What the subject says, too. */
  title: string;
  /** How many were not read, all of them; one does not count beyond a hundred. */
  count: number;
  /** Some of them, oldest first; `at` as it is shown, in the person's zone. */
  messages: { sender: string; text: string; at: string }[];
  url?: string | undefined;
  unsubscribeUrl?: string | undefined;
}

/** Both parts of a mail about unread messages. */
export function renderAway(props: AwayProps): Promise<RenderedMail> {
  const { brand, title, messages, url, unsubscribeUrl } = props;
  const said = messages.map(({ sender, text, at }) => `${sender} · ${at}\n${text}`);
  const parts = [title, ...said, moreOf(props)];
  return renderMail(
    <AwayMail {...props} />,
    writeText({ brand, parts, action: "Open the chat", openUrl: url, unsubscribeUrl }),
  );
}

function moreOf({ count, messages }: AwayProps): string | undefined {
  if (count <= messages.length) return undefined;
  return count >= 100 ? "and more" : `and ${count - messages.length} more`;
}

function AwayMail(props: AwayProps) {
  const { brand, title, messages, url, unsubscribeUrl } = props;
  const more = moreOf(props);
  return (
    <Layout
      brand={brand}
      preview={messages.map(({ sender, text }) => `${sender}: ${text}`).join(" · ")}
      footer={<Unsubscribe href={unsubscribeUrl} what="messages that you missed by email" />}
    >
      <Title>{title}</Title>
      {messages.map((message, index) => (
        <Section
          // biome-ignore lint/suspicious/noArrayIndexKey: a mail is rendered once
          key={index}
          style={{ borderLeft: `3px solid ${brand.colour}`, paddingLeft: "12px", marginBottom: "14px" }}
        >
          <Small>
            <strong>{message.sender}</strong> · {message.at}
          </Small>
          <Text
            dir="auto"
            className="ink"
            style={{ margin: 0, fontSize: "15px", lineHeight: "22px", color: "#16191b", whiteSpace: "pre-line" }}
          >
            {message.text}
          </Text>
        </Section>
      ))}
      {more && <Small>{more}</Small>}
      {url && (
        <Action brand={brand} href={url}>
          Open the chat
        </Action>
      )}
    </Layout>
  );
}
