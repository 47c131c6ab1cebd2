import type { Brand } from "./brand.ts";
import { Action, Layout, Paragraph, Small, Title } from "./layout.tsx";

export interface ResetProps {
  brand: Brand;
  url: string;
  /** How long the link is good, as it is shown */
  minutes: number;
}

export function ResetMail({ brand, url, minutes }: ResetProps) {
  return (
    <Layout
      brand={brand}
      preview={`Your link to set a new password, good for ${minutes} minutes`}
      footer={<Small>If it was not you who asked, leave it alone: your password stays as it is.</Small>}
    >
      <Title>Set a new password</Title>
      <Paragraph>
        This link sets a new password for {brand.name} once, within {minutes} minutes. Every browser is signed out then.
      </Paragraph>
      <Action brand={brand} href={url}>
        Set a new password
      </Action>
    </Layout>
  );
}
