"use client";

import { type FormEvent, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogButtons } from "../../ui/dialog.tsx";
import { Field, Input } from "../../ui/field.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useClosed } from "../../ui/use-closed.ts";
import { useAct } from "../act.tsx";
import { FailureNote } from "../failure-note.tsx";
import { LabelledSelect } from "../labelled-select.tsx";
import { localSecond } from "../local-time.ts";
import { OnceKeys } from "../once-keys.ts";
import { failureOf } from "../problem.ts";
import { sayCount } from "../say-count.ts";
import { type Answers, useTRPCClient } from "../trpc.ts";
import { useDeliveryFilters } from "./delivery-filters.ts";
import { type EventType, everyType } from "./event-texts.ts";
import { useReplayCount } from "./use-replay-count.ts";

const choices = [
  { value: "untaken", label: "What it has not taken yet" },
  { value: "failed", label: "Only what failed" },
  { value: "all", label: "Everything" },
] as const;
type Choice = (typeof choices)[number]["value"];

interface ReplayDialogProps {
  of: Answers["webhooks"]["get"];
  /** From when on, unless somebody chooses otherwise: an ISO-8601 time. */
  from?: string | undefined;
  onClose: () => void;
}

/**
 * Sends a range of the log to the endpoint, once more or for the first time. It begins with what the list of deliveries is filtered by.
 */
export function ReplayDialog({ of, from, onClose }: ReplayDialogProps) {
  const client = useTRPCClient();
  const toast = useToast();
  const { run, busy, failure } = useAct();
  // Of every part: what a press before has sent already is not sent twice when the whole is asked for again.
  const [keys] = useState(() => new OnceKeys());
  const [queued, setQueued] = useState(0);
  /** Whoever closes it wants no further part to be sent. */
  const closed = useClosed();
  const [filters] = useDeliveryFilters();
  const [since, setSince] = useState(from === undefined ? "" : localSecond(new Date(from)));
  const [until, setUntil] = useState("");
  const [which, setWhich] = useState<Choice>(filters.status === "failed" ? "failed" : "untaken");
  const [type, setType] = useState<EventType | "any">(filters.type ?? "any");
  const range = {
    ...{ webhookId: of.id, ...time("since", since), ...time("until", until) },
    ...(type === "any" ? {} : { types: [type] }),
    ...(which === "failed" ? { status: "failed" as const } : { undeliveredOnly: which === "untaken" }),
  };
  const { counted, error, fresh, again } = useReplayCount(range);

  async function replay(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    let total = 0;
    // A call looks at some thousand events; what is left is asked for from where it stopped.
    for (let after: string | undefined; ; ) {
      const asked = { ...range, ...(after === undefined ? {} : { after }) };
      const part = await run(() => client.webhooks.replay.mutate({ ...asked, idempotencyKey: keys.of(asked) }));
      if (!part) {
        // Whoever called it off does not see the dialog's failure.
        if (closed.current) toast({ title: `${sentWords(total)}; whether more are is not known`, tone: "bad" });
        return setQueued(total);
      }
      total += part.count;
      if (part.nextCursor === null) break;
      if (closed.current) return toast({ title: `${sentWords(total)}, and no more` });
      after = part.nextCursor;
      setQueued(total);
    }
    toast({ title: sentWords(total) });
    if (!closed.current) onClose();
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
        <div className="grid gap-4 sm:grid-cols-2">
          <LabelledSelect label="Which" value={which} options={choices} onChange={setWhich} />
          <LabelledSelect label="Of type" value={type} options={types} onChange={setType} />
        </div>
        <p role="status" className="min-h-5 text-sm">
          {busy && queued > 0
            ? `${queued} so far …`
            : fresh && counted
              ? countWords(counted)
              : error
                ? ""
                : "Counting …"}
        </p>
        {failure || !error ? (
          <FailureNote failure={failure} />
        ) : (
          <FailureNote failure={failureOf(error)} onRetry={again} />
        )}
        <DialogButtons>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={busy || !fresh || counted?.count === 0}>
            Replay
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}

const types = [{ value: "any" as const, label: "Any event" }, ...everyType.map((value) => ({ value, label: value }))];

function time<Name extends "since" | "until">(name: Name, said: string): Partial<Record<Name, string>> {
  return said === "" ? {} : ({ [name]: new Date(said).toISOString() } as Record<Name, string>);
}

function sentWords(count: number): string {
  return `${sayCount(count, "event")} ${count === 1 ? "is" : "are"} sent`;
}

function countWords({ count, more }: { count: number; more: boolean }): string {
  if (more) return `More than ${sayCount(count, "event")} will be sent.`;
  if (count === 0) return "No event of the range is to be sent.";
  return `${sayCount(count, "event")} will be sent.`;
}
