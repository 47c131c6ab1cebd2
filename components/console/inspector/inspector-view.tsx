"use client";

import { Radio } from "lucide-react";
import { parseAsString, useQueryStates } from "nuqs";
import { useState } from "react";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Code } from "../../ui/code.tsx";
import { Drawer } from "../../ui/drawer.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { type Column, DataTable } from "../data-table.tsx";
import { Fact, IdFacts } from "../facts.tsx";
import { FailureNote } from "../failure-note.tsx";
import { FilterBox } from "../filter-box.tsx";
import { useLive } from "../live.ts";
import type { Failure } from "../problem.ts";
import { stepsOf } from "../row-keys.ts";
import { saveFile } from "../save-file.ts";
import { fits, mostRows, prettyOf, type Row } from "./rows.ts";

export interface InspectorViewProps {
  /** What its lines are, for headings and the file's name. */
  label: string;
  rows: readonly Row[];
  kinds: readonly string[];
  listening: boolean;
  failure: Failure | undefined;
  onClear: () => void;
  /** What to do so that there is something to see. */
  hint: string;
}

const filters = { kind: parseAsString, user: parseAsString, chat: parseAsString, text: parseAsString };
/** More at once nobody reads, and a browser draws it slowly. */
const mostShown = 200;

/** Lines as they come, the newest on top: filter, pause, open one, clear, keep as a file. */
export function InspectorView(props: InspectorViewProps) {
  const { label, rows, kinds, listening, failure, onClear, hint } = props;
  const { paused, toggle } = useLive();
  const [filter, setFilter] = useQueryStates(filters);
  const [open, setOpen] = useState<Row>();
  const found = rows.filter((row) => fits(row, filter));
  const state = paused ? "Paused" : listening ? "Listening" : "Connecting…";

  return (
    <>
      <div className="mb-4 flex flex-wrap items-center gap-2">
        <span role="status" className="min-w-24">
          <Badge tone={paused ? "warn" : listening ? "good" : "plain"}>{state}</Badge>
        </span>
        <Button onClick={toggle}>{paused ? "Resume" : "Pause"}</Button>
        <Button onClick={onClear} disabled={rows.length === 0}>
          Clear
        </Button>
        <Button disabled={found.length === 0} onClick={() => save(label, found)}>
          Save as file
        </Button>
      </div>
      <div className="mb-4 flex flex-wrap gap-2">
        <NativeSelect
          label="Kind"
          value={filter.kind ?? ""}
          options={[{ value: "", label: "Any kind" }, ...kinds.map((kind) => ({ value: kind, label: kind }))]}
          onChange={(kind) => void setFilter({ kind: kind || null })}
          className="sm:w-40"
        />
        <FilterBox label="User's id" value={filter.user} onSet={(user) => void setFilter({ user })} />
        <FilterBox label="Chat's id" value={filter.chat} onSet={(chat) => void setFilter({ chat })} />
        <FilterBox label="Text" value={filter.text} onSet={(text) => void setFilter({ text })} />
      </div>
      <FailureNote failure={failure} className="mb-4" />
      {found.length === 0 ? (
        <EmptyState icon={Radio} title={rows.length === 0 ? "Nothing came yet" : `None of ${rows.length} fits`}>
          {rows.length === 0 ? hint : "Another filter shows them."}
        </EmptyState>
      ) : (
        <>
          <DataTable
            label={label}
            columns={columns}
            rows={found.slice(0, mostShown)}
            list={JSON.stringify(filter)}
            idOf={({ id }) => id}
            openId={open?.id ?? null}
            onOpen={setOpen}
          />
          <p className="mt-3 text-muted text-xs">
            {found.length} of {rows.length}; {mostRows} at most are kept here, in this page alone
            {found.length > mostShown && `, the newest ${mostShown} are shown`}.
          </p>
        </>
      )}
      <Drawer
        open={open !== undefined}
        onOpenChange={() => setOpen(undefined)}
        title={open?.what ?? ""}
        modal={false}
        steps={stepsOf(found.slice(0, mostShown), open?.id ?? null, (id) =>
          setOpen(found.find((row) => row.id === id)),
        )}
      >
        {open && <Opened row={open} />}
      </Drawer>
    </>
  );
}

const columns: readonly Column<Row>[] = [
  { header: "What", cell: ({ what }) => <span className="line-clamp-1 max-w-64 break-all">{what}</span> },
  { header: "Kind", cell: ({ kind }) => <Badge tone={kind === "skipped" ? "warn" : "plain"}>{kind}</Badge> },
  { header: "User", cell: ({ userId }) => userId ?? <span className="text-muted">–</span> },
  {
    header: "Text",
    cell: ({ text, preview = text }) => (
      <code className="line-clamp-1 max-w-80 break-all font-mono text-xs">{preview.slice(0, 160)}</code>
    ),
    className: "max-sm:hidden",
  },
  {
    header: "At",
    cell: ({ at }) => (
      <time dateTime={at} className="whitespace-nowrap tabular-nums text-xs">
        {clock(at)}
      </time>
    ),
  },
];

function Opened({ row }: { row: Row }) {
  const { at, kind, protocol, userId, chatId, connectionId, text, cut } = row;
  return (
    <div className="flex flex-col gap-4 p-4 text-sm">
      <dl className="grid grid-cols-[max-content_1fr] gap-x-6 gap-y-1.5">
        <Fact name="At">{new Date(at).toLocaleString()}</Fact>
        <Fact name="Kind">
          {kind}
          {protocol && `, ${protocol}`}
        </Fact>
        <IdFacts ids={{ User: userId, Chat: chatId, Connection: connectionId }} />
      </dl>
      {text !== "" && (
        <div className="overflow-hidden rounded-lg border border-line bg-sunken">
          <Code shown={prettyOf(text)} copied={prettyOf(text)} what="the text" />
        </div>
      )}
      {cut && <p className="text-muted text-xs">It is longer: the first 2,048 characters are shown.</p>}
    </div>
  );
}

const toTheMillisecond = {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
} as const;

function clock(at: string): string {
  return new Date(at).toLocaleTimeString("en-GB", toTheMillisecond);
}

function save(label: string, rows: readonly Row[]): void {
  const lines = rows.toReversed().map((row) => JSON.stringify(row));
  saveFile(`${label.toLowerCase().replaceAll(" ", "-")}.jsonl`, "application/jsonl", `${lines.join("\n")}\n`);
}
