import type { Brand } from "./brand.ts";
import { Action, Layout, Paragraph, Small, Title } from "./layout.tsx";

export interface SignInProps {
  brand: Brand;
  url: string;
  /** How long the link is good, as it is shown */
  minutes: number;
}

export function SignInMail({ brand, url, minutes }: SignInProps) {
  return (
    <Layout
      brand={brand}
      preview={`Your link to sign in, good for ${minutes} minutes`}
      footer={<Small>If it was not you who asked, leave it alone: without the link nobody gets in.</Small>}
    >
      <Title>Sign in to {brand.name}</Title>
      <Paragraph>This link signs you in once, within {minutes} minutes.</Paragraph>
      <Action brand={brand} href={url}>
        Sign in
      </Action>
    </Layout>
  );
}
