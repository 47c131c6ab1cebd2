import Link from "next/link";
import type { Theme } from "../ui/theme.ts";
import { ThemeToggle } from "../ui/theme-toggle.tsx";
import { Logo } from "./logo.tsx";

const SECTIONS = [
  { href: "#runs", label: "What runs" },
  { href: "#live", label: "Live chat" },
  { href: "#start", label: "Quick start" },
  { href: "#links", label: "Where to go" },
];

interface Props {
  theme: Theme;
  /** Links within the page. */
  sections?: typeof SECTIONS;
  /** Links to other pages. */
  places?: typeof SECTIONS;
}

export function Header({ theme, sections = SECTIONS, places = [] }: Props) {
  return (
    <header className="sticky top-0 z-10 border-b border-line bg-bg/90 backdrop-blur">
      <div className="mx-auto flex h-14 max-w-6xl items-center gap-6 px-4 sm:px-6">
        <Link href="/" prefetch={false} className="flex items-center gap-2.5 rounded-md font-semibold tracking-tight">
          <Logo className="size-6" />
          Parley
        </Link>
        {sections.length > 0 && (
          <nav aria-label="On this page" className="hidden flex-1 gap-1 md:flex">
            {sections.map(({ href, label }) => (
              <a key={href} href={href} className="rounded-md px-2.5 py-1.5 text-sm text-muted hover:text-text">
                {label}
              </a>
            ))}
          </nav>
        )}
        <div className="ml-auto flex items-center gap-1 sm:gap-2">
          {places.map(({ href, label }) => (
            <Link
              key={href}
              href={href}
              prefetch={false}
              className="rounded-md px-2 py-1.5 font-medium text-sm hover:text-accent"
            >
              {label}
            </Link>
          ))}
          <ThemeToggle initial={theme} />
        </div>
      </div>
    </header>
  );
}
