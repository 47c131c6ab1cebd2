"use client";

import type { FormEvent } from "react";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogButtons } from "../../ui/dialog.tsx";
import { Field, Input } from "../../ui/field.tsx";
import { useAct } from "../act.tsx";
import { FailureNote } from "../failure-note.tsx";
import { useTRPCClient } from "../trpc.ts";
import type { ConsoleMessage } from "./message-item.tsx";

/** Asks why, for the audit log, and deletes the message for everybody. */
export function DeleteMessageDialog({ message, onClose }: { message: ConsoleMessage; onClose: () => void }) {
  const client = useTRPCClient();
  const { run, busy, failure } = useAct();

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const reason = String(new FormData(event.currentTarget).get("reason") ?? "").trim();
    const { chatId, id: messageId } = message;
    if (await run(() => client.adminChats.deleteMessage.mutate({ chatId, messageId, ...(reason ? { reason } : {}) })))
      onClose();
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Delete message ${message.seq}`}
      description={`What ${message.senderName ?? message.senderId} wrote is gone for everybody at once and cannot be brought back; a tombstone stays.`}
    >
      <form onSubmit={submit} className="flex flex-col gap-5">
        <Field label="Reason" hint="For the audit log; members do not see it.">
          <Input name="reason" maxLength={500} autoComplete="off" autoFocus />
        </Field>
        <FailureNote failure={failure} />
        <DialogButtons>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="danger" disabled={busy}>
            Delete it
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
