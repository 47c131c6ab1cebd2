"use client";

import { type FormEvent, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogButtons } from "../../ui/dialog.tsx";
import { Field, Input, Textarea } from "../../ui/field.tsx";
import { useAct } from "../act.tsx";
import { FailureNote } from "../failure-note.tsx";
import { newWords, type Said, theirClock, timeOf } from "./draft.ts";
import { WhenFields } from "./when-fields.tsx";

export interface Change {
  subject?: string;
  message?: string;
  scheduledFor?: string;
  scheduledForLocal?: string;
}

export interface RescheduleDialogProps extends Said {
  onClose: () => void;
  change: (change: Change) => Promise<unknown>;
}

/** Other words or another time for what nobody has seen yet; what is left alone stays. */
export function RescheduleDialog({ subject, message, onClose, change }: RescheduleDialogProps) {
  const { run, busy, failure } = useAct();
  // Whatever others change meanwhile is theirs.
  const [began] = useState<Said>({ subject, message });
  const [when, setWhen] = useState({ at: "", zone: theirClock });
  const errors = failure?.fields ?? {};

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const said = { subject: String(form.get("subject") ?? ""), message: String(form.get("message") ?? "") };
    const wanted = { ...newWords(began, said), ...timeOf(when.at, when.zone) };
    if (await run(() => change(wanted))) onClose();
  }

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Change it before it goes out">
      <form onSubmit={submit} className="flex flex-col gap-5">
        <Field label="Subject" error={errors.subject}>
          <Input name="subject" defaultValue={began.subject} required maxLength={500} />
        </Field>
        {began.message !== undefined && (
          <Field label="Message" error={errors.message}>
            <Textarea name="message" defaultValue={began.message} required />
          </Field>
        )}
        <WhenFields
          {...when}
          set={(next) => setWhen((before) => ({ ...before, ...next }))}
          errors={errors}
          empty="Empty leaves the time as it is."
        />
        <FailureNote failure={failure} />
        <DialogButtons>
          <Button onClick={onClose}>Leave it</Button>
          <Button type="submit" variant="primary" disabled={busy}>
            Change it
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
