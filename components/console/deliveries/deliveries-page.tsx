"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { MailSearch } from "lucide-react";
import Link from "next/link";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { Badge } from "../../ui/badge.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { ClearFilters, NoneFits } from "../clear-filters.tsx";
import { useConsole } from "../console-context.ts";
import { CursorPager, useCursor } from "../cursor-pager.tsx";
import { type Column, DataTable } from "../data-table.tsx";
import { FilterBox } from "../filter-box.tsx";
import { given } from "../given.ts";
import { useLiveQuery } from "../live.ts";
import { reasonOf, statuses, wordsOf } from "../notifications/reasons.ts";
import { PageHeader } from "../page-header.tsx";
import { QueryView } from "../query-view.tsx";
import { type Answers, useTRPC } from "../trpc.ts";
import { When } from "../when.tsx";

type Row = Answers["deliveries"]["list"]["data"][number];

/** Where a status stands to be chosen: all that the overview counts as not delivered. */
const failed = "undelivered";

const filters = {
  status: parseAsStringLiteral(statuses),
  userId: parseAsString,
  batchId: parseAsString,
  failedSince: parseAsString,
};
const none = { status: null, userId: null, batchId: null, failedSince: null };

/** Every mail of the tenant, also the digests and those that no notification is behind, and why it went out or did not. */
export function DeliveriesPage() {
  const { base } = useConsole();
  const trpc = useTRPC();
  const before = useCursor();
  const [chosen, setQuery] = useQueryStates({ ...filters, before: parseAsString });
  const { status, userId, batchId, failedSince } = chosen;
  const asked = given({ status, userId, batchId, failedSince });
  const filtered = Object.keys(asked).length > 0;
  const query = useQuery(
    trpc.deliveries.list.queryOptions(
      { ...asked, ...given({ before }), channel: "email", limit: 25 },
      { ...useLiveQuery("deliveries.list"), placeholderData: keepPreviousData },
    ),
  );
  const set = (change: Partial<typeof chosen>) => void setQuery({ ...change, before: null });
  const clear = () => set(none);
  const since = failedSince ? new Date(failedSince).toLocaleString() : "";

  return (
    <>
      <PageHeader title="Mail deliveries" lead="Every mail, the newest first, and why it did or did not arrive." />
      <div className="mb-4 flex flex-wrap gap-2">
        <NativeSelect
          label="Status"
          value={failedSince ? failed : (status ?? "all")}
          options={[
            { value: "all", label: "Any status" },
            ...(failedSince ? [{ value: failed, label: `not delivered, since ${since}` }] : []),
            ...statuses.map((value) => ({ value, label: value.replaceAll("_", " ") })),
          ]}
          onChange={(value) =>
            value !== failed && set({ status: statuses.find((one) => one === value) ?? null, failedSince: null })
          }
          className="w-auto max-w-full"
        />
        <FilterBox label="Recipient's id" value={userId} onSet={(value) => set({ userId: value })} />
        {batchId && <Badge className="self-center">of one send to many</Badge>}
        <ClearFilters when={filtered} clear={clear} />
      </div>
      <QueryView
        query={query}
        empty={{
          when: ({ data }) => data.length === 0,
          show: filtered ? (
            <NoneFits icon={MailSearch} clear={clear} />
          ) : (
            <EmptyState icon={MailSearch} title="No mail yet" />
          ),
        }}
      >
        {(page) => (
          <>
            <DataTable label="Mail deliveries" columns={columnsOf(base)} rows={page.data} idOf={({ id }) => id} />
            {"nextCursor" in page && <CursorPager nextCursor={page.nextCursor} />}
          </>
        )}
      </QueryView>
    </>
  );
}

function columnsOf(base: string): readonly Column<Row>[] {
  return [
    {
      header: "Subject",
      cell: ({ subject, notificationId }) =>
        notificationId ? (
          <Link
            href={`${base}/notifications/${notificationId}`}
            prefetch={false}
            className="break-words text-accent underline underline-offset-4"
          >
            {subject}
          </Link>
        ) : (
          <span className="break-words">{subject}</span>
        ),
    },
    { header: "Kind", cell: ({ kind }) => kind },
    {
      header: "To",
      cell: ({ userId, address }) => (
        <span className="break-all">
          {userId}
          {address && <span className="block text-muted text-xs">{address}</span>}
        </span>
      ),
    },
    {
      header: "Status",
      cell: ({ status }) => <Badge tone={reasonOf(status).tone}>{status.replaceAll("_", " ")}</Badge>,
    },
    {
      header: "Why",
      cell: (delivery) => <span className="line-clamp-2 max-w-80 break-words">{wordsOf(delivery)}</span>,
    },
    { header: "Since", cell: ({ updatedAt }) => <When at={updatedAt} /> },
  ];
}
