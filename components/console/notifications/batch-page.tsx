"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { Fact } from "../facts.tsx";
import { FailureNote } from "../failure-note.tsx";
import { useLiveQuery } from "../live.ts";
import { PageHeader } from "../page-header.tsx";
import { QueryView } from "../query-view.tsx";
import { useTRPC, useTRPCClient } from "../trpc.ts";
import { useTitle } from "../use-title.ts";
import { When } from "../when.tsx";
import { audienceOf, type Batch, isReady, toneOf } from "./batch-words.ts";
import { Progress } from "./progress.tsx";
import { reasonOf } from "./reasons.ts";
import { RescheduleDialog } from "./reschedule-dialog.tsx";

/** One send to many: how far it is, and what became of it in each delivery channel. */
export function BatchPage({ id }: { id: string }) {
  const { base } = useConsole();
  const trpc = useTRPC();
  const query = useQuery(trpc.batches.get.queryOptions({ batchId: id }, useLiveQuery("batches.get")));
  useTitle(query.data?.subject, "Sends to many");
  return (
    <>
      <PageHeader title="Send to many" />
      <QueryView query={query}>
        {(batch) => (
          <div className="max-w-3xl space-y-6 rounded-xl border border-line bg-surface p-5">
            <section>
              <h2 className="break-words font-semibold text-lg">{batch.subject}</h2>
              <dl className="mt-4 grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-4 gap-y-1.5 text-sm">
                <Fact name="To">{audienceOf(batch)}</Fact>
                <Fact name="State">
                  <Badge tone={toneOf[batch.status]}>{batch.status}</Badge> {batch.error}
                </Fact>
                <Fact name={isReady(batch) ? "Ready" : "Reached"}>
                  <Progress of={batch} />
                </Fact>
                <Fact name="Type">{batch.type}</Fact>
                <Fact name="Made">
                  <When at={batch.createdAt} />
                </Fact>
                <Scheduled batch={batch} />
              </dl>
              <p className="mt-4 text-sm">
                <Link
                  href={`${base}/notifications?batchId=${batch.id}`}
                  className="text-accent underline underline-offset-4"
                >
                  Each recipient's notification
                </Link>
              </p>
            </section>
            <Outcomes batch={batch} />
            <BatchActs batch={batch} />
          </div>
        )}
      </QueryView>
    </>
  );
}

function Scheduled({ batch: { scheduledFor, scheduledForLocal } }: { batch: Batch }) {
  if (!scheduledFor && !scheduledForLocal) return null;
  return (
    <Fact name="Not before">
      {scheduledForLocal
        ? `${scheduledForLocal.replace("T", " ")} by each recipient's clock`
        : new Date(scheduledFor ?? "").toLocaleString()}
    </Fact>
  );
}

function Outcomes({ batch }: { batch: Batch }) {
  const batchId = batch.id;
  const { base } = useConsole();
  const trpc = useTRPC();
  const query = useQuery(trpc.deliveries.summarize.queryOptions({ batchId }, useLiveQuery("deliveries.summarize")));
  return (
    <section>
      <h3 className="mb-3 font-medium text-sm">What became of it</h3>
      <QueryView query={query} lines={2}>
        {({ inApp, email }) => (
          <div className="grid gap-4 sm:grid-cols-2">
            <Channel label="Inbox" statuses={inApp.statuses} none={noneOf(batch)} />
            <Channel
              label="Mail"
              statuses={email.statuses}
              none={noneOf(batch)}
              listed={`${base}/deliveries?batchId=${batchId}&status=`}
            />
          </div>
        )}
      </QueryView>
    </section>
  );
}

function noneOf({ status, done }: Batch): string {
  if (done > 0) return "Nothing yet.";
  if (status === "cancelled") return "Nobody was reached: it was cancelled.";
  if (status === "failed") return "Nobody was reached: it failed.";
  return status === "done" ? "Nobody was reached." : "Nothing yet.";
}

interface ChannelProps {
  label: string;
  /** Said where there are no statuses. */
  none: string;
  statuses: Record<string, number>;
  /** Where each is listed, but for the status at its end. */
  listed?: string;
}

function Channel({ label, statuses, none, listed }: ChannelProps) {
  const entries = Object.entries(statuses).sort(([, one], [, other]) => other - one);
  return (
    <div className="text-sm">
      <h4 className="font-medium">{label}</h4>
      {entries.length === 0 && <p className="text-muted">{none}</p>}
      <ul className="mt-1 space-y-2">
        {entries.map(([status, count]) => {
          const { tone, words } = reasonOf(status);
          const line = (
            <>
              <span className="tabular-nums">{count}</span> <Badge tone={tone}>{status.replaceAll("_", " ")}</Badge>
            </>
          );
          return (
            <li key={status}>
              {listed ? (
                <Link href={listed + status} prefetch={false} className="underline underline-offset-4">
                  {line}
                </Link>
              ) : (
                line
              )}
              <p className="text-muted text-xs">{words}</p>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function BatchActs({ batch }: { batch: Batch }) {
  const { manages } = useConsole();
  const client = useTRPCClient();
  const toast = useToast();
  const { run, busy, failure } = useAct();
  const [dialog, setDialog] = useState<"cancel" | "change">();
  const close = () => setDialog(undefined);
  const ready = isReady(batch);
  if (!manages || !(ready || ["scheduled", "running"].includes(batch.status))) return null;

  async function cancel() {
    if (await run(() => client.batches.cancel.mutate({ batchId: batch.id }))) toast({ title: "It is cancelled" });
  }

  return (
    <div className="space-y-3">
      <div className="flex flex-wrap gap-2">
        {batch.status === "scheduled" && (
          <Button size="sm" disabled={busy} onClick={() => setDialog("change")}>
            Change
          </Button>
        )}
        <Button size="sm" variant="danger" disabled={busy} onClick={() => setDialog("cancel")}>
          Cancel it
        </Button>
      </div>
      <FailureNote failure={failure} />
      {dialog === "change" && (
        <RescheduleDialog
          subject={batch.subject}
          onClose={close}
          change={(change) => client.batches.update.mutate({ batchId: batch.id, ...change })}
        />
      )}
      <ConfirmDialog
        open={dialog === "cancel"}
        onOpenChange={close}
        title="Cancel this send?"
        confirm="Cancel the send"
        dismiss="Let it go out"
        onConfirm={() => void cancel()}
      >
        <p>
          {batch.done === 0
            ? "Nobody will get it."
            : `${ready ? "Those" : `The ${batch.done}`} who have got it keep it; nobody else will get it.`}
        </p>
      </ConfirmDialog>
    </div>
  );
}
