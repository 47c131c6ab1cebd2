"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { ListChecks } from "lucide-react";
import Link from "next/link";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { useConsole } from "../console-context.ts";
import { CursorPager, useCursor } from "../cursor-pager.tsx";
import { type Column, DataTable } from "../data-table.tsx";
import { FilterBox } from "../filter-box.tsx";
import { given } from "../given.ts";
import { useLiveQuery } from "../live.ts";
import { PageHeader } from "../page-header.tsx";
import { QueryView } from "../query-view.tsx";
import { sayCount } from "../say-count.ts";
import { useTRPC } from "../trpc.ts";
import { When } from "../when.tsx";
import { TaskActs, TaskProgress, TaskState } from "./task-row.tsx";
import { sizeOf, type Task, taskName } from "./task-words.ts";

const states = ["waiting", "running", "done", "failed", "cancelled"] as const;

/** Long work that was asked for in the console or by a key, and what came of it. */
export function TasksPage() {
  const { base } = useConsole();
  const trpc = useTRPC();
  const before = useCursor();
  const [{ status, subject }, setQuery] = useQueryStates({
    status: parseAsStringLiteral(states),
    subject: parseAsString,
    before: parseAsString,
  });
  const asked = given({ status, subject });
  const query = useQuery(
    trpc.tasks.list.queryOptions(
      { ...asked, limit: 50, ...given({ before }) },
      { ...useLiveQuery("tasks.list"), placeholderData: keepPreviousData },
    ),
  );
  const columns: Column<Task>[] = [
    {
      header: "What",
      cell: ({ kind, subject }) => (
        <span className="inline-flex min-w-0 flex-col">
          {taskName({ kind })}
          <Link
            className="max-w-44 truncate font-mono text-muted text-xs underline-offset-4 hover:underline"
            href={`${base}/${kind === "export-chat" ? "chats" : "users"}/${encodeURIComponent(subject)}`}
          >
            {subject}
          </Link>
        </span>
      ),
    },
    { header: "State", cell: (task) => <TaskState task={task} /> },
    { header: "Progress", cell: (task) => <TaskProgress task={task} /> },
    { header: "File", cell: ({ file }) => (file ? <FileSize {...file} /> : "–") },
    {
      header: "Asked",
      cell: ({ createdAt, startedBy }) => (
        <span className="inline-flex min-w-0 flex-col">
          <When at={createdAt} />
          <span className="break-all text-muted text-xs">{startedBy}</span>
        </span>
      ),
    },
    { header: "Do", cell: (task) => <TaskActs task={task} /> },
  ];
  return (
    <>
      <PageHeader
        title="Tasks"
        lead="Exports and erasures go on by themselves, whoever closes this page. Each is kept for 7 days after its end, its file too."
      />
      <div className="mb-4 flex flex-wrap gap-2">
        <NativeSelect
          label="State"
          value={status ?? "all"}
          options={[{ value: "all", label: "Any state" }, ...states.map((value) => ({ value, label: value }))]}
          onChange={(value) => void setQuery({ status: value === "all" ? null : value, before: null })}
          className="w-36"
        />
        <FilterBox
          label="Chat's or user's id"
          value={subject}
          onSet={(value) => void setQuery({ subject: value, before: null })}
        />
      </div>
      <QueryView
        query={query}
        empty={{
          when: ({ data }) => data.length === 0,
          show: (
            <EmptyState
              icon={ListChecks}
              title={subject ? "None fits these filters" : status ? `No task is ${status}` : "No task yet"}
              action={
                (status || subject) && (
                  <Button onClick={() => void setQuery({ status: null, subject: null })}>Clear</Button>
                )
              }
            >
              Export a chat from its page, or a person from theirs.
            </EmptyState>
          ),
        }}
      >
        {({ data, nextCursor }) => (
          <>
            <DataTable
              label="Tasks"
              columns={columns}
              rows={data}
              list={query.isPlaceholderData ? undefined : JSON.stringify([asked, before])}
              idOf={({ taskId }) => taskId}
            />
            <CursorPager nextCursor={nextCursor} />
          </>
        )}
      </QueryView>
    </>
  );
}

function FileSize({ lines, bytes }: NonNullable<Task["file"]>) {
  return (
    <span className="whitespace-nowrap">
      {sayCount(lines, "line")}, {sizeOf(bytes)}
    </span>
  );
}
