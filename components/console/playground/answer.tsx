"use client";

import Link from "next/link";
import type { ApiAnswer } from "../../docs/api-call.ts";
import { Badge } from "../../ui/badge.tsx";
import { Code } from "../../ui/code.tsx";
import { useConsole } from "../console-context.ts";

/** What came back, and where the call stands in the log. */
export function Answer({ of }: { of: ApiAnswer | undefined }) {
  const { base } = useConsole();
  return (
    <section
      aria-label="Answer"
      aria-live="polite"
      className="overflow-hidden rounded-xl border border-line bg-surface"
    >
      {of === undefined ? (
        <p className="p-6 text-muted text-sm">The answer stands here.</p>
      ) : (
        <>
          <p className="flex flex-wrap items-center gap-3 border-line border-b px-4 py-3 text-sm">
            <Badge tone={of.status < 400 ? "good" : of.status < 500 ? "warn" : "bad"}>{of.status}</Badge>
            <span className="tabular-nums">{of.ms} ms</span>
            {of.requestId && (
              <Link
                href={`${base}/requests?requestId=${encodeURIComponent(of.requestId)}`}
                className="text-accent underline underline-offset-4"
              >
                In the request log
              </Link>
            )}
          </p>
          <div className="max-h-[32rem] overflow-y-auto">
            <Code shown={of.text} copied={of.text} what="the answer" />
          </div>
        </>
      )}
    </section>
  );
}
