import type { Metadata } from "next";
import { cookies } from "next/headers";
import { notFound } from "next/navigation";
import { parseTheme, THEME_COOKIE } from "../../../components/ui/theme.ts";
import { BrandStyle } from "../../brand-style.tsx";
import { findHosted } from "../../find-hosted.ts";
import { InboxPage } from "./inbox-page.tsx";

interface Props {
  params: Promise<{ tenant: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const hosted = await findHosted((await params).tenant);
  return { title: hosted ? `Inbox – ${hosted.branding.name}` : "Inbox", referrer: "no-referrer" };
}

export default async function Page({ params }: Props) {
  const hosted = await findHosted((await params).tenant);
  if (!hosted) notFound();
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value);
  const { tenantId, branding, demo } = hosted;
  return (
    <>
      <BrandStyle colour={branding.colour} />
      <InboxPage {...{ tenantId, branding, demo, theme }} tenantName={branding.name} />
    </>
  );
}
