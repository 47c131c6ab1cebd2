import { GeistMono } from "geist/font/mono";
import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { KeepEarlyClicks, PressEarlyClicks } from "../components/ui/early-clicks.tsx";
import { parseTheme, THEME_COOKIE } from "../components/ui/theme.ts";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Parley – chat and notifications you run yourself", template: "%s – Parley" },
  description: "Open-source, self-hosted, multi-tenant chat and notifications on one Postgres.",
};

export const viewport: Viewport = { width: "device-width", initialScale: 1 };

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <html
      lang="en"
      data-theme={theme}
      data-scroll-behavior="smooth"
      className={`${GeistSans.variable} ${GeistMono.variable}`}
    >
      <body className="font-sans">
        <KeepEarlyClicks />
        {children}
        <PressEarlyClicks />
      </body>
    </html>
  );
}
