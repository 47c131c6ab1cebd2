"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import { EmptyState } from "../../ui/empty-state.tsx";
import { CursorPager, useCursor } from "../cursor-pager.tsx";
import { QueryView } from "../query-view.tsx";
import { useTRPC } from "../trpc.ts";
import { When } from "../when.tsx";

/** Every event of the chat that the log still holds, the newest first, each as its readers get it. */
export function EventsTab({ chatId }: { chatId: string }) {
  const trpc = useTRPC();
  const before = useCursor();
  const query = useQuery(
    trpc.adminChats.listEvents.queryOptions(
      { chatId, limit: 50, ...(before ? { before } : {}) },
      { placeholderData: keepPreviousData },
    ),
  );
  return (
    <div className="p-4">
      <QueryView
        query={query}
        empty={{
          when: ({ data }) => data.length === 0,
          show: (
            <EmptyState icon={ScrollText} title="The log holds no event of this chat any more">
              Events are kept for as many days as the tenant's settings say; messages stay.
            </EmptyState>
          ),
        }}
      >
        {({ data, nextCursor }) => (
          <>
            <ol aria-label="Events" className="divide-y divide-line">
              {data.map(({ eventId, type, at, seq, data: payload }) => (
                <li key={eventId} className="py-2">
                  <details>
                    <summary className="flex min-h-6 cursor-pointer flex-wrap items-center gap-x-3 text-sm">
                      <code className="font-mono text-xs">{type}</code>
                      {seq !== undefined && <span className="tabular-nums">#{seq}</span>}
                      <span className="text-muted">
                        <When at={at} />
                      </span>
                    </summary>
                    <pre className="mt-2 whitespace-pre-wrap break-words rounded-lg bg-sunken p-3 font-mono text-xs">
                      {JSON.stringify(payload, null, 2)}
                    </pre>
                  </details>
                </li>
              ))}
            </ol>
            <CursorPager nextCursor={nextCursor} />
          </>
        )}
      </QueryView>
    </div>
  );
}
