"use client";

import { parseAsString, useQueryState } from "nuqs";
import { type FormEvent, useId, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogButtons } from "../../ui/dialog.tsx";
import { inputClass } from "../../ui/input-class.ts";
import { useAct } from "../act.tsx";
import { FailureNote } from "../failure-note.tsx";
import { type Answers, useTRPCClient } from "../trpc.ts";
import { openingFrom } from "../use-opened.ts";
import { type EventType, eventTexts, everyType } from "./event-texts.ts";
import { SamplePayload } from "./sample-payload.tsx";

/** Sends a made-up event, then opens its delivery. */
export function SampleDialog({ of, onClose }: { of: Answers["webhooks"]["get"]; onClose: () => void }) {
  const client = useTRPCClient();
  const { once, busy, failure } = useAct();
  const [open, setOpen] = useQueryState("open", parseAsString);
  const id = useId();
  const [type, setType] = useState<EventType>("message.created");

  async function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const sent = await once({ webhookId: of.id, type }, (asked) => client.webhooks.sendSample.mutate(asked));
    if (!sent) return;
    onClose();
    void setOpen(sent.webhookDeliveryId, openingFrom(open));
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Send a sample"
      description="A made-up event, signed and sent as real ones are; its body says that it is a sample."
      className="w-[min(calc(100vw-2rem),34rem)]"
    >
      <form onSubmit={send} className="flex flex-col gap-4">
        <div className="flex flex-col gap-1.5">
          <label htmlFor={id} className="font-medium text-sm">
            Event
          </label>
          <select
            id={id}
            value={type}
            onChange={({ target }) => setType(target.value as EventType)}
            className={inputClass}
          >
            {everyType.map((type) => (
              <option key={type} value={type}>
                {type}: {eventTexts[type]}
              </option>
            ))}
          </select>
        </div>
        <SamplePayload type={type} />
        <FailureNote failure={failure} />
        <DialogButtons>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={busy}>
            Send
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
