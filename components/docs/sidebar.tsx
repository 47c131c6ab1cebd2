import Link from "next/link";
import { contents } from "./contents.ts";
import { linkTo, type PageLink } from "./page-links.ts";

/** All pages by section: beside the text where there is room, else folded above it. */
export function Sidebar({ current }: { current: string }) {
  return (
    <>
      <nav
        aria-label="Documentation"
        className="-ml-2 sticky top-14 hidden max-h-[calc(100dvh-3.5rem)] w-60 shrink-0 self-start overflow-y-auto py-8 lg:block"
      >
        <Sections current={current} />
      </nav>
      <details className="group fixed inset-x-0 bottom-0 z-20 border-line border-t bg-bg lg:hidden">
        <summary className="cursor-pointer px-4 py-3 text-center font-medium text-sm">All pages</summary>
        <nav aria-label="Documentation" className="max-h-[70dvh] overflow-y-auto border-line border-t px-4 py-4">
          <Sections current={current} />
        </nav>
      </details>
    </>
  );
}

function Sections({ current }: { current: string }) {
  return contents.map(({ title, pages }) => (
    <section key={title} aria-label={title} className="mb-6 text-sm">
      <p className="px-2 font-medium text-xs">{title}</p>
      <ul className="mt-1.5">
        {pages.map((path) => (
          <Entry key={path} link={linkTo(path)} current={current} />
        ))}
        {title === "Reference" && <Entry link={{ href: "/docs/api", title: "API" }} current={current} />}
      </ul>
    </section>
  ));
}

function Entry({ link: { href, title }, current }: { link: PageLink; current: string }) {
  const here = href === current;
  return (
    <li>
      <Link
        href={href}
        prefetch={false}
        aria-current={here ? "page" : undefined}
        className={`block rounded-md px-2 py-1 leading-5 ${here ? "bg-accent-soft text-on-accent-soft" : "text-muted hover:text-text"}`}
      >
        {title}
      </Link>
    </li>
  );
}
