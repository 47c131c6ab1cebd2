"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import { Cable } from "lucide-react";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ConnectionsTable } from "../connections/connections-table.tsx";
import { QueryView } from "../query-view.tsx";
import type { Answers } from "../trpc.ts";

/** The devices that a person is connected with now. */
export function UserConnections<Error>({ query }: { query: UseQueryResult<Answers["connections"]["list"], Error> }) {
  return (
    <div className="p-4">
      <QueryView
        query={query}
        empty={{
          when: ({ data }) => data.length === 0,
          show: (
            <EmptyState icon={Cable} title="Not connected">
              Each device shows here for as long as its connection is open.
            </EmptyState>
          ),
        }}
      >
        {({ data }) => <ConnectionsTable rows={data} list="all" ofUser />}
      </QueryView>
    </div>
  );
}
