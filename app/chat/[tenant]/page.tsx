import type { Metadata } from "next";
import { cookies } from "next/headers";
import { notFound } from "next/navigation";
import { parseTheme, THEME_COOKIE } from "../../../components/ui/theme.ts";
import { BrandStyle } from "../../brand-style.tsx";
import { findHosted } from "../../find-hosted.ts";
import { ChatPage } from "./chat-page.tsx";

interface Props {
  params: Promise<{ tenant: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const hosted = await findHosted((await params).tenant);
  return { title: hosted ? `Chat – ${hosted.branding.name}` : "Chat", referrer: "no-referrer" };
}

export default async function Page({ params }: Props) {
  const hosted = await findHosted((await params).tenant);
  if (!hosted) notFound();
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value);
  const { tenantId, branding, demo, pusherKey } = hosted;
  return (
    <>
      <BrandStyle colour={branding.colour} />
      <ChatPage {...{ tenantId, branding, demo, pusherKey, theme }} tenantName={branding.name} />
    </>
  );
}
