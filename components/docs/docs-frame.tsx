import { ArrowLeft, ArrowRight } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { Logo } from "../site/logo.tsx";
import type { Theme } from "../ui/theme.ts";
import { ThemeToggle } from "../ui/theme-toggle.tsx";
import type { Heading } from "./headings.ts";
import type { PageLink } from "./page-links.ts";
import { SearchButton } from "./search-button.tsx";
import { Sidebar } from "./sidebar.tsx";

export interface DocsFrameProps {
  theme: Theme;
  /** The page's address, to mark it among the others. */
  current: string;
  headings?: Heading[];
  previous?: PageLink | undefined;
  next?: PageLink | undefined;
  children: ReactNode;
}

/** What all pages of the documentation have around them. */
export function DocsFrame({ theme, current, headings = [], previous, next, children }: DocsFrameProps) {
  return (
    <>
      <a
        href="#content"
        className="sr-only z-30 rounded-md bg-accent px-3 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the text
      </a>
      <header className="sticky top-0 z-20 border-line border-b bg-bg/95 backdrop-blur">
        <div className="mx-auto flex h-14 max-w-7xl items-center gap-3 px-4 sm:px-6">
          <Link href="/" prefetch={false} className="flex items-center gap-2.5 rounded-md font-semibold tracking-tight">
            <Logo className="size-6" />
            <span className="max-sm:sr-only">Parley</span>
          </Link>
          <Link href="/docs" prefetch={false} className="rounded-md px-1 text-muted text-sm hover:text-text">
            Docs
          </Link>
          <Link href="/docs/api" prefetch={false} className="rounded-md px-1 text-muted text-sm hover:text-text">
            API
          </Link>
          <div className="ml-auto flex items-center gap-2">
            <SearchButton />
            <ThemeToggle initial={theme} />
          </div>
        </div>
      </header>
      <div className="mx-auto flex max-w-7xl gap-10 px-4 sm:px-6">
        <Sidebar current={current} />
        <main id="content" className="min-w-0 flex-1 pt-6 pb-20 lg:max-w-3xl">
          {children}
          <nav aria-label="Pages before and after" className="mt-14 flex flex-wrap justify-between gap-3">
            {previous && <Neighbour link={previous} before />}
            {next && <Neighbour link={next} />}
          </nav>
        </main>
        {headings.length > 1 && <OnThisPage headings={headings} />}
      </div>
    </>
  );
}

function Neighbour({ link, before = false }: { link: PageLink; before?: boolean }) {
  return (
    <Link
      href={link.href}
      prefetch={false}
      rel={before ? "prev" : "next"}
      className={`flex min-w-40 flex-1 items-center gap-2 rounded-xl border border-line bg-surface px-4 py-3 text-sm hover:border-line-strong ${before ? "" : "justify-end text-right"}`}
    >
      {before && <ArrowLeft aria-hidden className="size-4 text-muted" />}
      <span>
        <span className="block text-muted text-xs">{before ? "Before" : "Next"}</span>
        {link.title}
      </span>
      {!before && <ArrowRight aria-hidden className="size-4 text-muted" />}
    </Link>
  );
}

function OnThisPage({ headings }: { headings: Heading[] }) {
  return (
    <nav
      aria-label="On this page"
      className="sticky top-14 hidden max-h-[calc(100dvh-3.5rem)] w-52 shrink-0 self-start overflow-y-auto py-8 text-sm xl:block"
    >
      <p className="font-medium text-xs">On this page</p>
      <ul className="mt-2 space-y-1.5">
        {headings.map(({ id, text, level }) => (
          <li key={id} className={level === 3 ? "pl-3" : undefined}>
            <a href={`#${id}`} className="text-muted leading-5 hover:text-text">
              {text}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
