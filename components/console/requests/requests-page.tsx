"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Activity } from "lucide-react";
import { parseAsIsoDateTime, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { Badge } from "../../ui/badge.tsx";
import { Drawer } from "../../ui/drawer.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { ClearFilters, NoneFits } from "../clear-filters.tsx";
import { CursorPager, useCursor } from "../cursor-pager.tsx";
import { type Column, DataTable } from "../data-table.tsx";
import { FilterBox } from "../filter-box.tsx";
import { given } from "../given.ts";
import { useLiveQuery } from "../live.ts";
import { PageHeader } from "../page-header.tsx";
import { QueryView } from "../query-view.tsx";
import { stepsOf } from "../row-keys.ts";
import { TimeBox } from "../time-box.tsx";
import { type Inputs, useTRPC } from "../trpc.ts";
import { isElsewhere, openingFrom, useOpened } from "../use-opened.ts";
import { When } from "../when.tsx";
import { GroupedErrors } from "./grouped-errors.tsx";
import { KeyFilter } from "./key-filter.tsx";
import { KeyText } from "./key-text.tsx";
import { type ApiRequest, RequestDetail } from "./request-detail.tsx";

const transports = ["rest", "trpc", "signalr"] as const;
export const transportTexts = { rest: "REST", trpc: "tRPC", signalr: "SignalR" } as const;

const filters = {
  outcome: parseAsString,
  operation: parseAsString,
  transport: parseAsStringLiteral(transports),
  userId: parseAsString,
  keyId: parseAsString,
  requestId: parseAsString,
  since: parseAsIsoDateTime,
  before: parseAsString,
  open: parseAsString,
};

type Outcome = NonNullable<Exclude<Inputs["requests"]["list"], void>["outcome"]>;

const outcomes = [
  { value: "", label: "Any outcome" },
  { value: "ok", label: "Answered" },
  { value: "failed", label: "Failed" },
  { value: "faults", label: "Faults of the service" },
];

/** What was called, by whom, how it ended; what fails, together. */
export function RequestsPage() {
  const trpc = useTRPC();
  const before = useCursor();
  const [{ before: _before, open, ...chosen }, setQuery] = useQueryStates(filters);
  const asked = given({
    ...chosen,
    // Any code may stand in the address; the service says which there are.
    outcome: chosen.outcome as Outcome | null,
    since: chosen.since?.toISOString(),
  });
  const filtered = Object.keys(asked).length > 0;
  const query = useQuery(
    trpc.requests.list.queryOptions(
      { ...asked, ...given({ before }), limit: 50 },
      { ...useLiveQuery("requests.list"), placeholderData: keepPreviousData },
    ),
  );
  const narrow = (part: Partial<typeof chosen>) => void setQuery({ ...part, before: null });
  const clear = () =>
    narrow({
      outcome: null,
      operation: null,
      transport: null,
      userId: null,
      keyId: null,
      requestId: null,
      since: null,
    });
  const known = outcomes.some(({ value }) => value === (chosen.outcome ?? ""));
  const alone = useQuery(
    trpc.requests.list.queryOptions({ id: open ?? "", limit: 1 }, { enabled: isElsewhere(query.data?.data, open) }),
  );
  const { opened, isGone } = useOpened(query.data?.data, open, alone.data?.data);

  return (
    <>
      <PageHeader
        title="API requests"
        lead="Calls by REST, tRPC and SignalR, and what became of them. What this console reads is left out, and so is what calls carry."
      />
      <GroupedErrors onPick={({ operation, code }) => narrow({ operation, outcome: code })} />
      <div className="mb-4 flex flex-wrap gap-2">
        <NativeSelect
          label="Outcome"
          value={chosen.outcome ?? ""}
          options={known ? outcomes : [...outcomes, { value: chosen.outcome ?? "", label: chosen.outcome ?? "" }]}
          onChange={(outcome) => narrow({ outcome: outcome || null })}
          className="sm:w-44"
        />
        <NativeSelect
          label="Transport"
          value={chosen.transport ?? ""}
          options={[
            { value: "", label: "Any transport" },
            ...transports.map((value) => ({ value, label: transportTexts[value] })),
          ]}
          onChange={(value) => narrow({ transport: transports.find((one) => one === value) ?? null })}
          className="sm:w-40"
        />
        <FilterBox
          label="Operation, like chats"
          value={chosen.operation}
          onSet={(operation) => narrow({ operation })}
        />
        <FilterBox label="User's id" value={chosen.userId} onSet={(userId) => narrow({ userId })} />
        <KeyFilter value={chosen.keyId} onSet={(keyId) => narrow({ keyId })} />
        <FilterBox label="Request id" value={chosen.requestId} onSet={(requestId) => narrow({ requestId })} />
        <TimeBox label="From" value={chosen.since} onSet={(since) => narrow({ since })} />
        <ClearFilters when={filtered} clear={clear} />
      </div>
      <QueryView
        query={query}
        empty={{
          when: ({ data, nextCursor }) => data.length === 0 && nextCursor === null,
          show: filtered ? (
            <NoneFits icon={Activity} clear={clear} />
          ) : (
            <EmptyState icon={Activity} title="Nobody has called yet">
              Make an API key and call with it, or open the playground: the call stands here within a second.
            </EmptyState>
          ),
        }}
      >
        {({ data, nextCursor }) => (
          <>
            {data.length === 0 && (
              <p className="text-muted text-sm">None among those looked through. Older ones may fit.</p>
            )}
            {data.length > 0 && (
              <DataTable
                label="API requests"
                columns={columns}
                rows={data}
                list={query.isPlaceholderData ? undefined : JSON.stringify([asked, before])}
                idOf={({ id }) => id}
                openId={open}
                onOpen={({ id }) => void setQuery({ open: id }, openingFrom(open))}
              />
            )}
            <CursorPager nextCursor={nextCursor} />
          </>
        )}
      </QueryView>
      <Drawer
        open={opened !== undefined || isGone}
        onOpenChange={(shown) => !shown && void setQuery({ open: null })}
        title={opened?.operation ?? "Not found"}
        modal={false}
        steps={stepsOf(query.data?.data, open, (id) => void setQuery({ open: id }))}
      >
        {opened && <RequestDetail of={opened} />}
        {isGone && <p className="p-4 text-sm">This call is not kept any more, or the link is of another tenant.</p>}
      </Drawer>
    </>
  );
}

const columns: readonly Column<ApiRequest>[] = [
  { header: "Operation", cell: ({ operation }) => operation },
  { header: "By", cell: ({ transport }) => transportTexts[transport] ?? transport },
  {
    header: "Outcome",
    cell: ({ status, code }) => (
      <Badge tone={code === "ok" ? "good" : status < 500 ? "warn" : "bad"}>
        {status}
        {code !== "ok" && ` ${code}`}
      </Badge>
    ),
  },
  { header: "Took", cell: ({ ms }) => <span className="whitespace-nowrap tabular-nums">{ms.toFixed(1)} ms</span> },
  { header: "Who", cell: (one) => <Who of={one} /> },
  { header: "When", cell: ({ at }) => <When at={at} /> },
];

function Who({ of: { credential, userId, keyId, key } }: { of: ApiRequest }) {
  return (
    <span className="block max-w-52 truncate">
      {userId ?? (keyId === undefined && credential)}
      {userId !== undefined && keyId !== undefined && ", by "}
      {keyId !== undefined && <KeyText {...{ keyId, of: key }} />}
    </span>
  );
}
