import { ArrowUpRight } from "lucide-react";
import Link from "next/link";

const LINKS = [
  { href: "/openapi.json", title: "OpenAPI 3.1", text: "Every operation with its inputs, answers and errors" },
  { href: "/readyz", title: "Readiness", text: "The checks above, as JSON" },
  { href: "/healthz", title: "Health", text: "Alive or not, for your supervisor" },
  { href: "/metrics", title: "Metrics", text: "Prometheus text format" },
];

const READING = [
  { href: "/docs", title: "Guides", text: "from nothing to both sides, with programs in four languages" },
  { href: "/docs/api", title: "API reference", text: "every operation, with a form that sends a real call" },
  { href: "/docs/architecture", title: "Architecture", text: "how it is built, on one page" },
  {
    href: "/docs/guarantees",
    title: "Guarantees",
    text: "what is promised, what is not, and the test of each promise",
  },
];

export function Links() {
  return (
    <>
      <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
        {LINKS.map(({ href, title, text }) => (
          <li key={href}>
            {/* These are answers of the service, not pages of this site: a plain link leaves the router out of it. */}
            <a
              href={href}
              className="group flex h-full flex-col rounded-2xl border border-line bg-surface p-4 transition-colors hover:border-line-strong"
            >
              <span className="flex items-center justify-between text-sm font-medium">
                {title}
                <ArrowUpRight aria-hidden className="size-4 text-muted group-hover:text-accent" />
              </span>
              <span className="mt-1 text-xs leading-5 text-muted">{text}</span>
              <span className="mt-3 font-mono text-xs text-muted">{href}</span>
            </a>
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
          <code className="font-mono text-[0.8125rem]">README.md</code>
          <span className="text-muted">: start, settings, a five-minute quick start</span>
        </li>
      </ul>
    </>
  );
}
