"use client";

import { useQuery } from "@tanstack/react-query";
import { useConsole } from "../console-context.ts";
import { type Column, DataTable } from "../data-table.tsx";
import { useLive } from "../live.ts";
import { QueryView } from "../query-view.tsx";
import { sayCount } from "../say-count.ts";
import { type Answers, useTRPC } from "../trpc.ts";
import { When } from "../when.tsx";

type Summary = Answers["requests"]["summarize"];
type Group = Summary["groups"][number];

/** It looks at many calls, and a picture of a day does not change in seconds. */
const EVERY_MS = 30_000;

/** What failed in the last day, by operation and code; how much was noted at all. */
export function GroupedErrors({ onPick }: { onPick: (group: Group) => void }) {
  const { base } = useConsole();
  const trpc = useTRPC();
  const { paused } = useLive();
  const query = useQuery(
    trpc.requests.summarize.queryOptions({ hours: 24 }, { refetchInterval: paused ? false : EVERY_MS }),
  );
  return (
    // As high from the start as it will be, whatever polls find: below it one chooses and reads.
    <section aria-label="The last 24 hours" className="mb-6 flex h-80 flex-col overflow-hidden sm:h-60">
      <QueryView query={query} lines={2}>
        {({ skipped, keptDays, groups, ...counted }) => (
          <>
            <p className="mb-3 text-muted text-sm leading-6">
              {wordsOf(counted)} {skipped > 0 && `${sayCount(skipped, "more call")} came too fast to be noted. `}
              {keptDays === 0 ? "None are noted now: " : `They are kept for ${sayCount(keptDays, "day")}: `}
              <a href={`${base}/settings#retention`} className="text-accent underline underline-offset-4">
                retention
              </a>
              .
            </p>
            {groups.length > 0 ? (
              <div className="min-h-0 flex-1 overflow-y-auto">
                <ErrorTable groups={groups} onPick={onPick} />
              </div>
            ) : (
              <p className="grid min-h-0 flex-1 place-items-center rounded-xl border border-line border-dashed text-muted text-sm">
                No failure was noted.
              </p>
            )}
          </>
        )}
      </QueryView>
    </section>
  );
}

/** How much was noted, and how much of it failed; of too much for one picture also from when on it is one. */
export function wordsOf({ noted, failed, cutAt }: Pick<Summary, "noted" | "failed" | "cutAt">): string {
  const end = `${failed.toLocaleString("en")} of them failed.`;
  if (!cutAt) return `Noted in the last 24 hours: ${sayCount(noted, "call")}, ${end}`;
  const since = new Date(cutAt).toLocaleString([], { weekday: "short", hour: "2-digit", minute: "2-digit" });
  return `Only the newest ${sayCount(noted, "call")}, since ${since}, are counted here: ${end}`;
}

/** All of them, the most frequent first. */
export function ErrorTable({ groups, onPick }: { groups: Group[]; onPick: (group: Group) => void }) {
  return (
    <DataTable
      label="Errors of the last 24 hours"
      columns={columns}
      rows={groups}
      idOf={({ operation, code }) => `${operation} ${code}`}
      onOpen={onPick}
    />
  );
}

const columns: readonly Column<Group>[] = [
  { header: "Fails", cell: ({ operation }) => operation },
  {
    header: "With",
    cell: ({ status, code }) => (
      <a href={`/docs/errors/${code}`} className="text-accent underline underline-offset-4">
        {status} {code}
      </a>
    ),
  },
  { header: "Times", cell: ({ count: times }) => <span className="tabular-nums">{times}</span> },
  { header: "First", cell: ({ firstAt }) => <When at={firstAt} /> },
  { header: "Last", cell: ({ lastAt }) => <When at={lastAt} /> },
];
