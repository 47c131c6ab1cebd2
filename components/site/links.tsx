import { ArrowUpRight } from "lucide-react";
import Link from "next/link";
import { cn } from "../ui/cn.ts";

const OF_THE_DEMO = [
  { href: "/chat/demo", title: "Hosted chat", text: "The chat that your people get, as any person of the demo" },
  { href: "/inbox/demo", title: "Hosted inbox", text: "Their notifications and what they choose to get" },
];

const LINKS = [
  { href: "/t", title: "Console", text: "All that a tenant's people manage, and why something did not arrive" },
  { href: "/docs", title: "Guides", text: "From nothing to both sides, with programs in four languages" },
];

const READING = [
  { href: "/docs/api", title: "API reference", text: "every operation, with a form that sends a real call" },
  { href: "/docs/architecture", title: "Architecture", text: "how it is built, on one page" },
  {
    href: "/docs/guarantees",
    title: "Guarantees",
    text: "what is promised, what is not, and the test of each promise",
  },
];

/** Answers of the service, not pages of this site: plain links leave the router out of them. */
const ANSWERS = [
  { href: "/openapi.json", title: "OpenAPI 3.1" },
  { href: "/readyz", title: "Readiness" },
  { href: "/healthz", title: "Health" },
  { href: "/metrics", title: "Metrics" },
];

/** @param demo Whether there is one: its pages are not found without it. */
export function Links({ demo }: { demo: boolean }) {
  const cards = demo ? [...OF_THE_DEMO, ...LINKS] : LINKS;
  return (
    <>
      <ul className={cn("grid gap-3 sm:grid-cols-2", demo && "lg:grid-cols-4")}>
        {cards.map(({ href, title, text }) => (
          <li key={href}>
            <Link
              href={href}
              prefetch={false}
              className="group flex h-full flex-col rounded-2xl border border-line bg-surface p-4 transition-colors hover:border-line-strong"
            >
              <span className="flex items-center justify-between text-sm font-medium">
                {title}
                <ArrowUpRight aria-hidden className="size-4 text-muted group-hover:text-accent" />
              </span>
              <span className="mt-1 text-xs leading-5 text-muted">{text}</span>
              <span className="mt-3 font-mono text-xs text-muted">{href}</span>
            </Link>
          </li>
        ))}
      </ul>
      <ul className="mt-6 space-y-1 text-sm">
        {READING.map(({ href, title, text }) => (
          <li key={href}>
            <Link href={href} prefetch={false} className="text-accent underline underline-offset-2">
              {title}
            </Link>
            <span className="text-muted">: {text}</span>
          </li>
        ))}
        <li>
          {ANSWERS.map(({ href, title }, at) => (
            <span key={href} className="text-muted">
              {at > 0 && ", "}
              <a href={href} className="text-accent underline underline-offset-2">
                {title}
              </a>
            </span>
          ))}
          <span className="text-muted">: for programs and supervisors</span>
        </li>
        <li>
          <code className="font-mono text-[0.8125rem]">README.md</code>
          <span className="text-muted">: start, settings, a five-minute quick start</span>
        </li>
      </ul>
    </>
  );
}
