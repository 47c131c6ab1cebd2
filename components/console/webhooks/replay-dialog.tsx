"use client";

import { type FormEvent, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field, Input } from "../../ui/field.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { FailureNote } from "../failure-note.tsx";
import { failureOf } from "../problem.ts";
import { type Answers, useTRPCClient } from "../trpc.ts";
import { useReplayCount } from "./use-replay-count.ts";

/** Sends a range of the log to the endpoint, once more or for the first time. */
export function ReplayDialog({ of, onClose }: { of: Answers["webhooks"]["get"]; onClose: () => void }) {
  const client = useTRPCClient();
  const toast = useToast();
  const { run, busy, failure } = useAct();
  const [queued, setQueued] = useState(0);
  const [since, setSince] = useState("");
  const [until, setUntil] = useState("");
  const [undeliveredOnly, setUndeliveredOnly] = useState(true);
  const range = { webhookId: of.id, ...time("since", since), ...time("until", until), undeliveredOnly };
  const { counted, error, fresh } = useReplayCount(range);

  async function replay(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    let total = 0;
    // A call looks at some thousand events; what is left is asked for from where it stopped.
    for (let after: string | undefined; ; ) {
      const from = after === undefined ? {} : { after };
      const part = await run(() =>
        client.webhooks.replay.mutate({ ...range, ...from, idempotencyKey: crypto.randomUUID() }),
      );
      if (!part) return setQueued(total);
      total += part.count;
      if (part.nextCursor === null) break;
      after = part.nextCursor;
      setQueued(total);
    }
    toast({ title: total === 1 ? "1 event is sent" : `${total.toLocaleString()} events are sent` });
    onClose();
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Replay events"
      description="What the endpoint's filters let through of the events that are kept. Each keeps its webhook-id, so a backend that leaves out what it had is none the worse."
    >
      <form onSubmit={replay} className="flex flex-col gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="From (optional)" hint="From the oldest that is kept, unless given.">
            <Input type="datetime-local" step="1" value={since} onChange={({ target }) => setSince(target.value)} />
          </Field>
          <Field label="Until (optional)" hint="Until now, unless given.">
            <Input type="datetime-local" step="1" value={until} onChange={({ target }) => setUntil(target.value)} />
          </Field>
        </div>
        <label className="flex min-h-9 items-center gap-2.5 text-sm">
          <input
            type="checkbox"
            checked={undeliveredOnly}
            onChange={({ target }) => setUndeliveredOnly(target.checked)}
            className="size-4 accent-(--accent)"
          />
          Only what it has not taken yet
        </label>
        <p role="status" className="min-h-5 text-sm">
          {busy && queued > 0 ? `${queued} so far …` : fresh && counted ? countWords(counted) : "Counting …"}
        </p>
        <FailureNote failure={failure ?? (error ? failureOf(error) : undefined)} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={busy || !fresh || counted?.count === 0}>
            Replay
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function time<Name extends "since" | "until">(name: Name, said: string): Partial<Record<Name, string>> {
  return said === "" ? {} : ({ [name]: new Date(said).toISOString() } as Record<Name, string>);
}

function countWords({ count, more }: { count: number; more: boolean }): string {
  if (more) return `More than ${count.toLocaleString()} events will be sent.`;
  if (count === 0) return "No event of the range is to be sent.";
  return `${count.toLocaleString()} ${count === 1 ? "event" : "events"} will be sent.`;
}
