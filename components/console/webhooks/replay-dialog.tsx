"use client";

import { type FormEvent, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field, Input } from "../../ui/field.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { FailureNote } from "../failure-note.tsx";
import { type Answers, useTRPCClient } from "../trpc.ts";

/** Sends a range of the log to the endpoint, once more or for the first time. */
export function ReplayDialog({ of, onClose }: { of: Answers["webhooks"]["get"]; onClose: () => void }) {
  const client = useTRPCClient();
  const toast = useToast();
  const { run, busy, failure } = useAct();
  const [queued, setQueued] = useState(0);

  async function replay(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const time = (name: string) => {
      const said = String(form.get(name) ?? "");
      return said === "" ? {} : { [name]: new Date(said).toISOString() };
    };
    const undeliveredOnly = form.get("undeliveredOnly") !== null;
    const range = { webhookId: of.id, ...time("since"), ...time("until"), undeliveredOnly };
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
    toast({ title: total === 0 ? "No event of the range is to be sent" : `${total} events are sent` });
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
            <Input name="since" type="datetime-local" step="1" />
          </Field>
          <Field label="Until (optional)" hint="Until now, unless given.">
            <Input name="until" type="datetime-local" step="1" />
          </Field>
        </div>
        <label className="flex min-h-9 items-center gap-2.5 text-sm">
          <input type="checkbox" name="undeliveredOnly" defaultChecked className="size-4 accent-(--accent)" />
          Only what it has not taken yet
        </label>
        {busy && queued > 0 && (
          <p role="status" className="text-muted text-sm">
            {queued} so far …
          </p>
        )}
        <FailureNote failure={failure} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={busy}>
            Replay
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
