"use client";

import type { FormEvent } from "react";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogButtons } from "../../ui/dialog.tsx";
import { Field, Input, Textarea } from "../../ui/field.tsx";
import { useAct } from "../act.tsx";
import { FailureNote } from "../failure-note.tsx";
import { idsHint, readIds } from "../read-ids.ts";
import { useTRPCClient } from "../trpc.ts";

export function CreateChatDialog({ onClose, onMade }: { onClose: () => void; onMade: (chatId: string) => void }) {
  const client = useTRPCClient();
  const { once, busy, failure } = useAct();

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const name = String(form.get("name") ?? "").trim();
    const memberUserIds = readIds(String(form.get("members") ?? ""));
    const policy = form.get("moderated") === null ? "open" : "moderated";
    const asked = { ...(name ? { name } : {}), memberUserIds, policy } as const;
    const made = await once(asked, (call) => client.adminChats.create.mutate(call));
    if (made) onMade(made.id);
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Create a chat"
      description="For users of the tenant."
    >
      <form onSubmit={submit} className="flex flex-col gap-5">
        <Field label="Name" hint="Without one it is called by its members." error={failure?.fields.name}>
          <Input name="name" maxLength={200} autoComplete="off" autoFocus />
        </Field>
        <Field
          label="Members"
          hint={`Ids of users, ${idsHint}. The first one owns the chat.`}
          error={failure?.fields.memberUserIds}
        >
          <Textarea name="members" required rows={4} />
        </Field>
        <label className="flex items-start gap-2.5 text-sm">
          <input type="checkbox" name="moderated" className="mt-0.5 size-4 accent-(--accent)" />
          Only its owner and moderators add, remove and rename
        </label>
        <FailureNote failure={failure} />
        <DialogButtons>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={busy}>
            Create
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
