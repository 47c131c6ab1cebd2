"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
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
import { spanOf } from "../local-time.ts";
import { PageHeader } from "../page-header.tsx";
import { QueryView } from "../query-view.tsx";
import { stepsOf } from "../row-keys.ts";
import { TimeBox } from "../time-box.tsx";
import { type Inputs, useTRPC } from "../trpc.ts";
import { isElsewhere, openingFrom, useOpened } from "../use-opened.ts";
import { When } from "../when.tsx";
import { AuditDetail, type AuditEntry } from "./audit-detail.tsx";
import { AuditExport } from "./audit-export.tsx";

/** What is noted has passed rate limit, scope and schema: these are the ends that are left. */
const outcomes = [
  ...["ok", "begun", "invalid", "forbidden", "user_required", "not_found", "conflict", "too_large"],
  ...["rate_limited", "idempotency_reused", "idempotency_running", "internal", "unavailable", "outcome-unknown"],
] as NonNullable<Exclude<Inputs["audit"]["list"], void>["outcome"]>[];

const filters = {
  actor: parseAsString,
  operation: parseAsString,
  target: parseAsString,
  outcome: parseAsStringLiteral(outcomes),
  since: parseAsIsoDateTime,
  until: parseAsIsoDateTime,
  before: parseAsString,
  open: parseAsString,
};

/** Everything that those who run the tenant did, the newest first. */
export function AuditPage() {
  const trpc = useTRPC();
  const before = useCursor();
  const [{ actor, operation, target, outcome, since, until, open }, setQuery] = useQueryStates(filters);
  const asked = { ...given({ actor, operation, target, outcome }), ...spanOf({ since, until }) };
  const filtered = Object.keys(asked).length > 0;
  const query = useQuery(
    trpc.audit.list.queryOptions(
      { ...asked, ...given({ before }), limit: 50 },
      { ...useLiveQuery("audit.list"), placeholderData: keepPreviousData },
    ),
  );
  const narrow = (part: Parameters<typeof setQuery>[0] & object) => void setQuery({ ...part, before: null });
  const clear = () => narrow({ actor: null, operation: null, target: null, outcome: null, since: null, until: null });
  const alone = useQuery(
    trpc.audit.list.queryOptions({ id: open ?? "", limit: 1 }, { enabled: isElsewhere(query.data?.data, open) }),
  );
  const { opened, isGone } = useOpened(query.data?.data, open, alone.data?.data);

  return (
    <>
      <PageHeader
        title="Audit log"
        lead="What operators, keys and Admin tokens changed, and each look at a secret. It cannot be emptied; secrets in it are masked."
        action={<AuditExport filter={asked} />}
      />
      <div className="mb-4 flex flex-wrap gap-2">
        <FilterBox label="Who: email or id" value={actor} onSet={(value) => narrow({ actor: value })} />
        <FilterBox label="Operation" value={operation} onSet={(value) => narrow({ operation: value })} />
        <FilterBox label="Target, chatId:…" value={target} onSet={(value) => narrow({ target: value })} />
        <NativeSelect
          label="Outcome"
          value={outcome ?? ""}
          options={[{ value: "", label: "Any outcome" }, ...outcomes.map((value) => ({ value, label: value }))]}
          onChange={(value) => narrow({ outcome: value || null })}
          className="sm:w-44"
        />
        <TimeBox label="From" value={since} onSet={(value) => narrow({ since: value })} />
        <TimeBox label="Until" value={until} onSet={(value) => narrow({ until: value })} />
        <ClearFilters when={filtered} clear={clear} />
      </div>
      <QueryView
        query={query}
        empty={{
          when: ({ data }) => data.length === 0,
          show: filtered ? (
            <NoneFits icon={ScrollText} clear={clear} />
          ) : (
            <EmptyState icon={ScrollText} title="Nothing was done yet">
              The first change of a setting, a key or a chat by an operator stands here.
            </EmptyState>
          ),
        }}
      >
        {({ data, nextCursor }) => (
          <>
            <DataTable
              label="Audit log"
              columns={columns}
              rows={data}
              list={query.isPlaceholderData ? undefined : JSON.stringify([asked, before])}
              idOf={({ id }) => id}
              openId={open}
              onOpen={({ id }) => void setQuery({ open: id }, openingFrom(open))}
            />
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
        {opened && <AuditDetail entry={opened} />}
        {isGone && <p className="p-4 text-sm">This entry is not kept any more, or the link is of another tenant.</p>}
      </Drawer>
    </>
  );
}

const columns: readonly Column<AuditEntry>[] = [
  { header: "What", cell: ({ operation }) => operation },
  {
    header: "Who",
    cell: ({ actor }) => (
      <span className="block max-w-56 break-words">
        {actor.name ?? actor.id}
        <span className="block text-muted text-xs">{actor.kind}</span>
      </span>
    ),
  },
  {
    header: "To what",
    cell: ({ target }) =>
      target ? (
        <code className="block max-w-56 break-all font-mono text-xs">{target}</code>
      ) : (
        <span className="text-muted">–</span>
      ),
  },
  { header: "From", cell: ({ ip }) => ip ?? <span className="text-muted">–</span> },
  { header: "Outcome", cell: ({ outcome }) => <Outcome of={outcome} /> },
  { header: "When", cell: ({ at }) => <When at={at} /> },
];

function Outcome({ of }: { of: string }) {
  return <Badge tone={of === "ok" ? "good" : of === "begun" ? "warn" : "bad"}>{of.replaceAll("_", " ")}</Badge>;
}
