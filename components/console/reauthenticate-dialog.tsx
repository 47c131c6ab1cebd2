"use client";

import { type FormEvent, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field, Input } from "../ui/field.tsx";

export interface ReauthenticateDialogProps {
  /** Otherwise a code of the authenticator app is asked for. */
  hasPassword: boolean;
  /** Says it to the service; returns what was wrong, in words. */
  send(given: { password: string } | { code: string }): Promise<string | undefined>;
  onDone(answered: boolean): void;
}

/** Asks whoever is signed in to say again who they are. */
export function ReauthenticateDialog({ hasPassword, send, onDone }: ReauthenticateDialogProps) {
  const [fault, setFault] = useState<string>();
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    event.stopPropagation(); // The form that this came of is not sent by it.
    const given = String(new FormData(event.currentTarget).get("secret") ?? "");
    setBusy(true);
    const wrong = await send(hasPassword ? { password: given } : { code: given });
    setBusy(false);
    setFault(wrong);
    if (wrong === undefined) onDone(true);
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onDone(false)}
      title="Is it you?"
      description="This asks once more, then not for ten minutes."
      className="w-[min(calc(100vw-2rem),24rem)]"
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label={hasPassword ? "Password" : "Code of your app"} error={fault}>
          <Input
            name="secret"
            type={hasPassword ? "password" : "text"}
            autoComplete={hasPassword ? "current-password" : "one-time-code"}
            required
            autoFocus
          />
        </Field>
        <Button type="submit" variant="primary" disabled={busy}>
          Go on
        </Button>
      </form>
    </Dialog>
  );
}
