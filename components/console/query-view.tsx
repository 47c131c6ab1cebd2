"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import { CornerUpLeft, SearchX, ShieldAlert } from "lucide-react";
import { parseAsInteger, parseAsString, useQueryStates } from "nuqs";
import { type ReactNode, useEffect, useState } from "react";
import { Button } from "../ui/button.tsx";
import { cn } from "../ui/cn.ts";
import { EmptyState } from "../ui/empty-state.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { FailureNote } from "./failure-note.tsx";
import { useAnswering } from "./live.ts";
import { PageHeader } from "./page-header.tsx";
import { failureOf } from "./problem.ts";

const SKELETON_AFTER_MS = 200;
/** How far in its list a page is, whichever form of paging it has: these are their names in every address. */
const places = { before: parseAsString, after: parseAsString, page: parseAsInteger };

export interface QueryViewProps<Data, Error> {
  query: UseQueryResult<Data, Error>;
  children: (data: Data) => ReactNode;
  /** Instead of the rows, when there are none. */
  empty?: { when: (data: Data) => boolean; show: ReactNode };
  /** Of a whole page, which takes its heading from what it shows: the heading where there is nothing to show. */
  title?: string;
  /** Lines of the skeleton. */
  lines?: number;
  /** Of a table there are at least that many rows: its skeleton is as high as they. */
  rows?: number;
}

/** A panel and its states: loading, failed, forbidden, empty, there, and old because nobody answers. */
export function QueryView<Data, Error>(props: QueryViewProps<Data, Error>) {
  const { query, children, empty, title, lines = 5, rows } = props;
  const answering = useAnswering();
  const [{ before, after, page }, go] = useQueryStates(places, { history: "push" });
  const isLater = before !== null || after !== null || (page ?? 1) > 1;
  const toBeginning = () => void go({ before: null, after: null, page: null });
  const error = useLastError(query);
  // What was deleted while somebody looked at it is not there to act on.
  if (error && (query.data === undefined || failureOf(error).code === "not_found"))
    return (
      <>
        {title && <PageHeader title={title} />}
        <Refused error={error} onRetry={() => void query.refetch()} onReturn={toBeginning} />
      </>
    );
  if (query.data === undefined) return <Loading lines={lines} rows={rows} />;
  return (
    <>
      {!answering && (
        // Read out is what the top bar says of it, once for all panels.
        <p className="mb-3 text-sm text-warn">
          As of {new Date(query.dataUpdatedAt).toLocaleTimeString()}; nobody answers at the moment.
        </p>
      )}
      {query.error !== null && answering && (
        <FailureNote failure={failureOf(query.error)} onRetry={() => void query.refetch()} className="mb-3" />
      )}
      {!empty?.when(query.data) ? children(query.data) : isLater ? <NothingMore onReturn={toBeginning} /> : empty.show}
    </>
  );
}

/** Where asking again leads nowhere, as a query does by itself. */
const DEAD_ENDS = ["cursor_invalid", "cursor_expired", "forbidden", "not_found"];

/** A query's error; one that is a dead end also while it asks again: its button would go for a moment, and a press of it with it. */
function useLastError<Data, Error>({ error, errorUpdatedAt: at, data }: UseQueryResult<Data, Error>): Error | null {
  const [last, setLast] = useState<{ at: number; error: Error }>();
  if (error !== null && last?.at !== at && DEAD_ENDS.includes(failureOf(error).code ?? "")) setLast({ at, error });
  if (error !== null || data !== undefined) return error;
  return last?.at === at ? last.error : null;
}

/** What was on a later page may be gone by now: the list itself is not empty. */
function NothingMore({ onReturn }: { onReturn: () => void }) {
  return (
    <EmptyState
      icon={CornerUpLeft}
      title="Nothing more here"
      action={<Button onClick={onReturn}>To the beginning</Button>}
    >
      What was on this page is gone, or the list ends before it.
    </EmptyState>
  );
}

interface RefusedProps {
  error: unknown;
  onRetry: () => void;
  onReturn: () => void;
}

function Refused({ error, onRetry, onReturn }: RefusedProps) {
  const failure = failureOf(error);
  // An old link, or one of another installation.
  if (failure.code === "cursor_invalid" || failure.code === "cursor_expired")
    return <NothingMore onReturn={onReturn} />;
  if (failure.code === "forbidden")
    return (
      <EmptyState icon={ShieldAlert} title="Your role does not show this">
        An owner or admin of the tenant can give you another one.
      </EmptyState>
    );
  // Asked for again it would not be there either.
  if (failure.code === "not_found")
    return (
      <EmptyState icon={SearchX} title={failure.text}>
        It was deleted, or the address is wrong. The menu leads to what there is.
      </EmptyState>
    );
  return <FailureNote failure={failure} onRetry={onRetry} />;
}

/** Quick answers show no skeleton at all. */
function Loading({ lines, rows }: { lines: number; rows: number | undefined }) {
  const [shown, show] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => show(true), SKELETON_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  const isTable = rows !== undefined;
  return (
    <div
      aria-busy
      className={cn(
        "rounded-xl border border-line bg-surface",
        isTable ? "divide-y divide-line overflow-hidden" : "space-y-3 p-4",
      )}
    >
      <span className="sr-only">Loading</span>
      {isTable && <div className="h-9 bg-sunken" />}
      {Array.from({ length: rows ?? lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines that are all the same
        <div key={line} className={isTable ? "flex h-[53px] items-center px-4" : undefined}>
          <Skeleton className={cn("h-6 w-full", !shown && "invisible")} />
        </div>
      ))}
    </div>
  );
}
