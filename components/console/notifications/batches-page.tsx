"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Users } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { Badge } from "../../ui/badge.tsx";
import { buttonClass } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { useConsole } from "../console-context.ts";
import { CursorPager, useCursor } from "../cursor-pager.tsx";
import { type Column, DataTable } from "../data-table.tsx";
import { useLiveQuery } from "../live.ts";
import { PageHeader } from "../page-header.tsx";
import { QueryView } from "../query-view.tsx";
import { useTRPC } from "../trpc.ts";
import { When } from "../when.tsx";
import { audienceOf, type Batch, batchStates, toneOf } from "./batch-words.ts";
import { Progress } from "./progress.tsx";

const filters = { status: parseAsStringLiteral(batchStates), before: parseAsString };

/** Sends to many, and how far each is. */
export function BatchesPage() {
  const { base, manages } = useConsole();
  const trpc = useTRPC();
  const router = useRouter();
  const before = useCursor();
  const [{ status }, setQuery] = useQueryStates(filters);
  const query = useQuery(
    trpc.batches.list.queryOptions(
      { limit: 25, ...(before ? { before } : {}), ...(status ? { status } : {}) },
      { ...useLiveQuery("batches.list"), placeholderData: keepPreviousData },
    ),
  );
  const compose = manages && (
    <Link data-create href={`${base}/notifications/new`} className={buttonClass({ variant: "primary" })}>
      Send a notification
    </Link>
  );
  return (
    <>
      <PageHeader title="Sends to many" lead="To a topic, a chat, a list of users or everyone." action={compose} />
      <NativeSelect
        label="State"
        value={status ?? "all"}
        options={[{ value: "all", label: "Any state" }, ...batchStates.map((value) => ({ value, label: value }))]}
        onChange={(value) => void setQuery({ status: value === "all" ? null : value, before: null })}
        className="mb-4 w-36"
      />
      <QueryView
        query={query}
        empty={{
          when: ({ data }) => data.length === 0,
          show: (
            <EmptyState
              icon={Users}
              title={status ? "None is in this state" : "Nothing was sent to many yet"}
              action={compose}
            >
              A send to many goes on by itself and shows here how far it is.
            </EmptyState>
          ),
        }}
      >
        {(page) => (
          <>
            <DataTable
              label="Sends to many"
              columns={columns}
              rows={page.data}
              idOf={({ id }) => id}
              onOpen={({ id }) => router.push(`${base}/notifications/batches/${id}`)}
            />
            {"nextCursor" in page && <CursorPager nextCursor={page.nextCursor} />}
          </>
        )}
      </QueryView>
    </>
  );
}

const columns: readonly Column<Batch>[] = [
  { header: "Subject", cell: ({ subject }) => <span className="line-clamp-1 max-w-80">{subject}</span> },
  { header: "To", cell: (batch) => audienceOf(batch) },
  { header: "State", cell: ({ status }) => <Badge tone={toneOf[status]}>{status}</Badge> },
  { header: "Reached", cell: (batch) => <Progress of={batch} /> },
  { header: "Made", cell: ({ createdAt }) => <When at={createdAt} /> },
];
