"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { CircleCheck } from "lucide-react";
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { CursorPager, useCursor } from "../cursor-pager.tsx";
import { DataTable } from "../data-table.tsx";
import { FailureNote } from "../failure-note.tsx";
import { useLiveQuery } from "../live.ts";
import { PageHeader } from "../page-header.tsx";
import { QueryView } from "../query-view.tsx";
import { type Answers, useTRPC, useTRPCClient } from "../trpc.ts";
import { When } from "../when.tsx";

type Job = Answers["jobs"]["listDead"]["data"][number];

/** Later work that was given up: why, and what to do with it. */
export function JobsPage() {
  const { manages } = useConsole();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const before = useCursor();
  const act = useAct();
  const [forgets, setForgets] = useState<Job>();
  const list = useQuery(
    trpc.jobs.listDead.queryOptions(
      { limit: 25, ...(before ? { before } : {}) },
      { ...useLiveQuery("jobs.listDead"), placeholderData: keepPreviousData },
    ),
  );
  return (
    <>
      <PageHeader
        title="Given-up jobs"
        lead="Mails, webhooks and the like are tried again and again by themselves. What failed every time waits here for 14 days, and holds nothing else up."
      />
      {act.failure && <FailureNote failure={act.failure} className="mb-4" />}
      <QueryView
        query={list}
        empty={{
          when: ({ data }) => data.length === 0,
          show: (
            <EmptyState icon={CircleCheck} title="Nothing was given up">
              When something fails for good, its error is here, and you can try it again.
            </EmptyState>
          ),
        }}
      >
        {(page) => (
          <>
            <DataTable
              label="Given-up jobs"
              rows={page.data}
              list={list.isPlaceholderData ? undefined : JSON.stringify(before)}
              idOf={({ id }) => id}
              columns={[
                { header: "What", cell: ({ task }) => <span className="font-medium">{task}</span> },
                {
                  header: "Error",
                  cell: ({ error }) => <span className="break-words">{error ?? "It did not say"}</span>,
                },
                { header: "Tries", cell: ({ attempts }) => attempts },
                { header: "Given up", cell: ({ diedAt }) => <When at={diedAt} /> },
                ...(manages
                  ? [
                      {
                        header: "Actions",
                        cell: (job: Job) => (
                          <span className="flex gap-2">
                            <Button
                              disabled={act.busy}
                              aria-label={`Try ${job.task} again`}
                              onClick={() => void act.run(() => client.jobs.retryDead.mutate({ jobId: job.id }))}
                            >
                              Try again
                            </Button>
                            <Button
                              disabled={act.busy}
                              aria-label={`Forget ${job.task}`}
                              onClick={() => setForgets(job)}
                            >
                              Forget
                            </Button>
                          </span>
                        ),
                      },
                    ]
                  : []),
              ]}
            />
            {"nextCursor" in page && <CursorPager nextCursor={page.nextCursor} />}
          </>
        )}
      </QueryView>
      {forgets && (
        <ConfirmDialog
          open
          onOpenChange={() => setForgets(undefined)}
          title={`Forget this ${forgets.task}?`}
          confirm="Forget it"
          onConfirm={() => void act.run(() => client.jobs.removeDead.mutate({ jobId: forgets.id }))}
        >
          <p>It is never tried again, and its error is gone.</p>
        </ConfirmDialog>
      )}
    </>
  );
}
