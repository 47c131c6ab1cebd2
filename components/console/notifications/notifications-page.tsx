"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { BellRing } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { parseAsIsoDateTime, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { Badge } from "../../ui/badge.tsx";
import { Button, buttonClass } from "../../ui/button.tsx";
import { Drawer } from "../../ui/drawer.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { ClearFilters, NoneFits } from "../clear-filters.tsx";
import { useConsole } from "../console-context.ts";
import { CursorPager, useCursor } from "../cursor-pager.tsx";
import { type Column, DataTable } from "../data-table.tsx";
import { FilterBox } from "../filter-box.tsx";
import { given } from "../given.ts";
import { useLiveQuery } from "../live.ts";
import { spanOf } from "../local-time.ts";
import { PageHeader } from "../page-header.tsx";
import { PersonText } from "../person-text.tsx";
import { QueryView } from "../query-view.tsx";
import { stepsOf } from "../row-keys.ts";
import { TimeBox } from "../time-box.tsx";
import { type Answers, useTRPC } from "../trpc.ts";
import { openingFrom } from "../use-opened.ts";
import { When } from "../when.tsx";
import { NotificationLife } from "./notification-life.tsx";

type Notification = Answers["notifications"]["getAny"];

const states = ["visible", "scheduled", "cancelled"] as const;
/** Where a state stands to be chosen: all that the overview counts. */
const appeared = "appeared";

const filters = {
  status: parseAsStringLiteral(states),
  userId: parseAsString,
  type: parseAsString,
  batchId: parseAsString,
  since: parseAsIsoDateTime,
  until: parseAsIsoDateTime,
  visibleSince: parseAsIsoDateTime,
  open: parseAsString,
  before: parseAsString,
};

/** Every notification of the tenant, the newest first, with what became of it. */
export function NotificationsPage() {
  const { base, manages } = useConsole();
  const trpc = useTRPC();
  const router = useRouter();
  const before = useCursor();
  const [{ status, userId, type, batchId, since, until, visibleSince, open }, setQuery] = useQueryStates(filters);
  const asked = {
    ...given({ status, userId, type, batchId, visibleSince: visibleSince?.toISOString() }),
    ...spanOf({ since, until }),
  };
  const filtered = Object.keys(asked).length > 0;
  const query = useQuery(
    trpc.notifications.listAll.queryOptions(
      { ...asked, limit: 25, ...given({ before }) },
      { ...useLiveQuery("notifications.listAll"), placeholderData: keepPreviousData },
    ),
  );
  const compose = manages && (
    <Link data-create href={`${base}/notifications/new`} className={buttonClass({ variant: "primary" })}>
      Send a notification
    </Link>
  );
  const from = visibleSince?.toLocaleString([], { dateStyle: "short", timeStyle: "short" });
  const all = { userId: null, type: null, batchId: null, since: null, until: null };
  const clear = () => void setQuery({ ...all, status: null, visibleSince: null, before: null });

  return (
    <>
      <PageHeader
        title="Notifications"
        lead="What was sent to whom, and why it did or did not arrive."
        action={compose}
      />
      <div className="mb-4 flex flex-wrap gap-2">
        <NativeSelect
          label="State"
          value={visibleSince ? appeared : (status ?? "all")}
          options={[
            { value: "all", label: "Any state" },
            ...(from ? [{ value: appeared, label: `Appeared since ${from}` }] : []),
            ...states.map((value) => ({ value, label: value[0]?.toUpperCase() + value.slice(1) })),
          ]}
          onChange={(value) =>
            value !== appeared &&
            void setQuery({ status: states.find((one) => one === value) ?? null, visibleSince: null, before: null })
          }
          className={visibleSince ? "w-72" : "w-36"}
        />
        <FilterBox
          label="Recipient's id"
          value={userId}
          onSet={(value) => void setQuery({ userId: value, before: null })}
        />
        <FilterBox label="Type" value={type} onSet={(value) => void setQuery({ type: value, before: null })} />
        <TimeBox label="From" value={since} onSet={(value) => void setQuery({ since: value, before: null })} />
        <TimeBox label="Until" value={until} onSet={(value) => void setQuery({ until: value, before: null })} />
        {batchId && <Badge className="self-center">of one send to many</Badge>}
        <ClearFilters when={filtered} clear={clear} />
      </div>
      <QueryView
        query={query}
        empty={{
          when: ({ data }) => data.length === 0,
          show: filtered ? (
            <NoneFits icon={BellRing} clear={clear} />
          ) : (
            <EmptyState icon={BellRing} title="Nothing was sent yet" action={compose}>
              Send one from here, or call POST /Notifications with an API key.
            </EmptyState>
          ),
        }}
      >
        {(page) => (
          <>
            <DataTable
              label="Notifications"
              columns={visibleSince ? [...columns, appearance] : [...columns, making]}
              rows={page.data}
              list={query.isPlaceholderData ? undefined : JSON.stringify([asked, before])}
              idOf={({ id }) => id}
              openId={open}
              onOpen={({ id }) => void setQuery({ open: id }, openingFrom(open))}
            />
            {"nextCursor" in page && <CursorPager nextCursor={page.nextCursor} />}
          </>
        )}
      </QueryView>
      <Drawer
        open={open !== null}
        onOpenChange={(shown) => !shown && void setQuery({ open: null })}
        title="Notification"
        modal={false}
        steps={stepsOf(query.data?.data, open, (id) => void setQuery({ open: id }))}
        actions={
          <Button size="sm" onClick={() => router.push(`${base}/notifications/${open}`)}>
            Open page
          </Button>
        }
      >
        {open && (
          <div className="p-4">
            <NotificationLife key={open} id={open} />
          </div>
        )}
      </Drawer>
    </>
  );
}

const columns: readonly Column<Notification>[] = [
  { header: "Subject", cell: ({ subject }) => <span className="line-clamp-1 max-w-80">{subject}</span> },
  { header: "To", cell: ({ userId, recipientName }) => <PersonText userId={userId} name={recipientName} /> },
  { header: "Type", cell: ({ type }) => type },
  { header: "State", cell: (one) => <State of={one} /> },
  {
    header: "Mail",
    cell: ({ delivery }) => delivery.email?.status.replaceAll("_", " ") ?? <span className="text-muted">–</span>,
  },
];

const making: Column<Notification> = { header: "Made", cell: ({ createdAt }) => <When at={createdAt} /> };
const appearance: Column<Notification> = {
  header: "Appeared",
  cell: ({ visibleAt, createdAt }) => <When at={visibleAt ?? createdAt} />,
};

function State({ of }: { of: Notification }) {
  if (of.status !== "visible") return <Badge>{of.status}</Badge>;
  return <Badge tone={of.isRead ? "plain" : "good"}>{of.isRead ? "read" : "unread"}</Badge>;
}
