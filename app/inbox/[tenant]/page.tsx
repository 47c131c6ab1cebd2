import type { Metadata } from "next";
import { cookies } from "next/headers";
import { notFound } from "next/navigation";
import { parseTheme, THEME_COOKIE } from "../../../components/ui/theme.ts";
import { findHosted } from "../../find-hosted.ts";
import { InboxPage } from "./inbox-page.tsx";

interface Props {
  params: Promise<{ tenant: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const hosted = await findHosted((await params).tenant);
  return { title: hosted ? `Inbox – ${hosted.name}` : "Inbox", referrer: "no-referrer" };
}

export default async function Page({ params }: Props) {
  const hosted = await findHosted((await params).tenant);
  if (!hosted) notFound();
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value);
  return <InboxPage tenantId={hosted.tenantId} tenantName={hosted.name} demo={hosted.demo} theme={theme} />;
}
