"use client";

import { type FormEvent, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogButtons } from "../../ui/dialog.tsx";
import { Field, Input } from "../../ui/field.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { FailureNote } from "../failure-note.tsx";
import { type Answers, type Role, useTRPCClient } from "../trpc.ts";
import { RoleChoice } from "./role-choice.tsx";

export interface InviteDialogProps {
  onClose: () => void;
  onMade: (invitation: Answers["operators"]["invite"]) => void;
}

/** Asks somebody by mail to run the tenant with us. */
export function InviteDialog({ onClose, onMade }: InviteDialogProps) {
  const { tenantName } = useConsole();
  const client = useTRPCClient();
  const { once, busy, failure } = useAct();
  const [role, setRole] = useState<Role>("support");

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const email = String(new FormData(event.currentTarget).get("email") ?? "");
    const made = await once({ email, role }, (asked) => client.operators.invite.mutate(asked));
    if (made) onMade(made);
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Invite to ${tenantName}`}
      description="They get a mail with a link that is good for 7 days. An earlier invitation to the same address ends."
    >
      <form onSubmit={submit} className="flex flex-col gap-5">
        <Field label="Email address" error={failure?.fields.email}>
          <Input name="email" type="email" required autoComplete="off" autoFocus />
        </Field>
        <RoleChoice value={role} onChange={setRole} />
        <FailureNote failure={failure} />
        <DialogButtons>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={busy}>
            Send invitation
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
