import { cookies } from "next/headers";
import { Credentials } from "../../components/site/credentials.tsx";
import { DemoProvider } from "../../components/site/demo-provider.tsx";
import { Header } from "../../components/site/header.tsx";
import { Hero } from "../../components/site/hero.tsx";
import { Links } from "../../components/site/links.tsx";
import { LiveChat } from "../../components/site/live-chat.tsx";
import { Promises } from "../../components/site/promises.tsx";
import { QuickStart } from "../../components/site/quick-start.tsx";
import { Section } from "../../components/ui/section.tsx";
import { parseTheme, THEME_COOKIE } from "../../components/ui/theme.ts";
import { demoFile } from "../demo-file.ts";
import { isDemoOffered } from "./demo-offered.ts";

const PLACES = [
  { href: "/docs", label: "Docs" },
  { href: "/t", label: "Console" },
];

export default async function FirstPage() {
  const theme = parseTheme((await cookies()).get(THEME_COOKIE)?.value);
  const offered = await isDemoOffered();
  return (
    <DemoProvider offered={offered} demoFile={offered ? demoFile() : undefined}>
      <a
        href="#live"
        className="sr-only z-20 rounded-md bg-accent px-3 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the live chat
      </a>
      <Header theme={theme} places={PLACES} />
      <main className="mx-auto max-w-6xl px-4 pb-16 sm:px-6">
        <Hero />
        <Section
          id="live"
          title="Two people, live"
          lead="Each side has its own token, its own connection and its own place in the log. Write on one, watch the other; take one offline, write, and bring it back."
        >
          <LiveChat />
        </Section>
        <Promises />
        <Section
          id="start"
          title="Use it from your code"
          lead="Paste these as they are: address, tenant, chat and token are filled in."
        >
          <div className="grid items-start gap-6 grid-cols-[minmax(0,1fr)] lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
            <QuickStart />
            <Credentials />
          </div>
        </Section>
        <Section id="links" title="Where to go">
          <Links demo={offered} />
        </Section>
      </main>
    </DemoProvider>
  );
}
