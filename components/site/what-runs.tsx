"use client";

import type { ReactNode } from "react";
import { cn } from "../ui/cn.ts";
import { Skeleton } from "../ui/skeleton.tsx";
import { checksOf, type Readiness, spanOf, verdictOf } from "./readiness.ts";
import { useReadiness } from "./use-readiness.ts";

export function WhatRuns() {
  const readiness = useReadiness();
  return (
    <section id="runs" aria-labelledby="runs-title" className="rounded-2xl border border-line bg-surface">
      <h2 id="runs-title" className="border-b border-line px-5 py-3 text-sm text-muted">
        What runs
      </h2>
      {readiness === undefined && <Asking />}
      {readiness === null && <Absent />}
      {readiness && <Answered readiness={readiness} />}
    </section>
  );
}

function Answered({ readiness }: { readiness: Readiness }) {
  const verdict = verdictOf(readiness);
  const roles = readiness.roles?.join(", ");
  return (
    <>
      <Verdict good={verdict.good}>{verdict.text}</Verdict>
      <dl className="space-y-2 px-5 pb-5 text-sm">
        {checksOf(readiness).map(({ label, good }) => (
          <Fact key={label} label={label}>
            <span className={cn("inline-flex items-center gap-2", !good && "text-bad")}>
              {good ? "OK" : "Not OK"}
              <Dot good={good} />
            </span>
          </Fact>
        ))}
        {roles && <Fact label="Roles">{roles}</Fact>}
        {readiness.version && <Fact label="Version">{readiness.version}</Fact>}
        {readiness.uptimeSeconds !== undefined && <Fact label="Up for">{spanOf(readiness.uptimeSeconds)}</Fact>}
      </dl>
    </>
  );
}

function Absent() {
  return (
    <>
      <Verdict good={false}>No answer from the API</Verdict>
      <p className="px-5 pb-5 text-sm leading-6 text-muted">
        This page is served, the service behind it is not. It is asked again every ten seconds.
      </p>
    </>
  );
}

/** As high as the answer, or all below it would move when that comes. */
function Asking() {
  return (
    <div className="px-5 pt-4 pb-5">
      <Skeleton className="mb-3 h-6 w-40" />
      <div className="space-y-2">
        {["database", "bus", "seed", "web", "calls", "roles", "version", "uptime"].map((row) => (
          <Skeleton key={row} className="h-5" />
        ))}
      </div>
    </div>
  );
}

function Verdict({ good, children }: { good: boolean; children: ReactNode }) {
  return (
    <p role="status" className="flex items-center gap-2.5 px-5 pt-4 pb-3 font-medium">
      <Dot good={good} />
      {children}
    </p>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-4">
      <dt className="text-muted">{label}</dt>
      <dd className="text-right tabular-nums">{children}</dd>
    </div>
  );
}

/** Filled is good, a ring is not: the shape tells it without the colour. */
function Dot({ good }: { good: boolean }) {
  return <span aria-hidden className={cn("size-2 shrink-0 rounded-full", good ? "bg-good" : "border-2 border-bad")} />;
}
