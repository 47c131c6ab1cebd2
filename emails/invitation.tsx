import type { Brand } from "./brand.ts";
import { Action, Layout, Paragraph, Small, Title } from "./layout.tsx";

export interface InvitationProps {
  brand: Brand;
  /** Who invites */
  inviter: string;
  /** What the invited may do, in a word */
  role: string;
  url: string;
  /** As it is shown */
  expires: string;
}

export function InvitationMail({ brand, inviter, role, url, expires }: InvitationProps) {
  return (
    <Layout
      brand={brand}
      preview={`${inviter} invites you to ${brand.name}`}
      footer={<Small>Whoever has this link can use it once. If you did not expect it, leave it alone.</Small>}
    >
      <Title>Join {brand.name}</Title>
      <Paragraph>
        {inviter} invites you to the console of {brand.name} as {role}. The link is good until {expires}.
      </Paragraph>
      <Action brand={brand} href={url}>
        Accept the invitation
      </Action>
    </Layout>
  );
}
