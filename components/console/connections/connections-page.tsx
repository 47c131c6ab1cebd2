"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Cable } from "lucide-react";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { EmptyState } from "../../ui/empty-state.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { ClearFilters, NoneFits } from "../clear-filters.tsx";
import { CursorPager, useCursor } from "../cursor-pager.tsx";
import { FilterBox } from "../filter-box.tsx";
import { given } from "../given.ts";
import { useLiveQuery } from "../live.ts";
import { PageHeader } from "../page-header.tsx";
import { QueryView } from "../query-view.tsx";
import { useTRPC } from "../trpc.ts";
import { ConnectionsTable } from "./connections-table.tsx";

const protocols = ["signalr", "pusher", "trpc", "sse"] as const;
const filters = { userId: parseAsString, protocol: parseAsStringLiteral(protocols), before: parseAsString };

/** Who is connected now, on whatever node. */
export function ConnectionsPage() {
  const trpc = useTRPC();
  const before = useCursor();
  const [{ userId, protocol }, setQuery] = useQueryStates(filters);
  const asked = given({ userId, protocol });
  const filtered = Object.keys(asked).length > 0;
  const clear = () => void setQuery({ userId: null, protocol: null, before: null });
  const query = useQuery(
    trpc.connections.list.queryOptions(
      { ...asked, limit: 50, ...given({ before }) },
      { ...useLiveQuery("connections.list"), placeholderData: keepPreviousData },
    ),
  );
  return (
    <>
      <PageHeader
        title="Connections"
        lead="What is open at this moment, on all nodes. A client that is disconnected here does not come back by itself."
      />
      <div className="mb-4 flex flex-wrap gap-2">
        <FilterBox label="User's id" value={userId} onSet={(value) => void setQuery({ userId: value, before: null })} />
        <NativeSelect
          label="Protocol"
          value={protocol ?? "all"}
          options={[
            { value: "all", label: "Any protocol" },
            { value: "signalr", label: "SignalR" },
            { value: "pusher", label: "Pusher" },
            { value: "trpc", label: "tRPC" },
            { value: "sse", label: "Event stream" },
          ]}
          onChange={(value) => void setQuery({ protocol: value === "all" ? null : value, before: null })}
          className="w-40"
        />
        <ClearFilters when={filtered} clear={clear} />
      </div>
      <QueryView
        query={query}
        empty={{
          when: ({ data }) => data.length === 0,
          show: filtered ? (
            <NoneFits icon={Cable} clear={clear} />
          ) : (
            <EmptyState icon={Cable} title="Nobody is connected">
              Open the hosted chat as somebody, or connect a SignalR, Pusher or tRPC client.
            </EmptyState>
          ),
        }}
      >
        {({ data, totalCount, nextCursor }) => (
          <>
            <p className="mb-3 text-muted text-sm">
              {totalCount} {totalCount === 1 ? "connection" : "connections"}
            </p>
            <ConnectionsTable
              rows={data}
              list={query.isPlaceholderData ? undefined : JSON.stringify([asked, before])}
            />
            <CursorPager nextCursor={nextCursor} />
          </>
        )}
      </QueryView>
    </>
  );
}
