import { ArrowRight } from "lucide-react";
import Link from "next/link";
import { useConsole } from "../console-context.ts";
import { firstSteps } from "./first-steps.ts";

/** Instead of charts, while nothing has happened that they could show. */
export function Beginning() {
  const { base, manages } = useConsole();
  return (
    <section aria-labelledby="beginning" className="rounded-xl border border-line bg-surface p-5">
      <h2 id="beginning" className="font-medium">
        Nothing has happened here yet
      </h2>
      <p className="mt-1 text-muted text-sm">Charts appear with the first call. To begin:</p>
      <ol className="mt-4 grid gap-3 sm:grid-cols-2">
        {firstSteps(base, manages).map(({ title, text, href }) => (
          <li key={href}>
            <Link
              href={href}
              prefetch={false}
              className="flex items-start justify-between gap-3 rounded-lg border border-line p-4 hover:bg-sunken"
            >
              <span>
                <span className="block font-medium text-sm">{title}</span>
                <span className="mt-0.5 block text-muted text-sm">{text}</span>
              </span>
              <ArrowRight aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
            </Link>
          </li>
        ))}
      </ol>
    </section>
  );
}
