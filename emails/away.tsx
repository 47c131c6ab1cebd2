import { Section, Text } from "react-email";
import type { Brand } from "./brand.ts";
import { Action, Layout, Small, Title, Unsubscribe } from "./layout.tsx";

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

export function AwayMail({ brand, title, count, messages, url, unsubscribeUrl }: AwayProps) {
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
      {count > messages.length && <Small>{count >= 100 ? "and more" : `and ${count - messages.length} more`}</Small>}
      {url && (
        <Action brand={brand} href={url}>
          Open the chat
        </Action>
      )}
    </Layout>
  );
}
