"use client";

import { type FormEvent, useState } from "react";
import { Button, buttonClass } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field, Input } from "../ui/field.tsx";
import { ProviderButton } from "./provider-sign-in.tsx";

export interface ReauthenticateDialogProps {
  hasPassword: boolean;
  /** Whoever has no password is asked for a code of the authenticator app. */
  twoFactor: boolean;
  /** What people call the provider, which can sign in anew whoever has neither; a mailed link can, too. */
  provider?: string | undefined;
  /** Says it to the service; returns what was wrong, in words. */
  send(given: { password: string } | { code: string }): Promise<string | undefined>;
  onDone(answered: boolean): void;
}

/** Asks whoever is signed in to say again who they are. */
export function ReauthenticateDialog({ hasPassword, twoFactor, provider, send, onDone }: ReauthenticateDialogProps) {
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

  const about = {
    open: true,
    onOpenChange: (open: boolean) => !open && onDone(false),
    title: "Is it you?",
    className: "w-[min(calc(100vw-2rem),24rem)]",
  };
  if (!hasPassword && !twoFactor)
    return (
      <Dialog {...about} description="You signed in a while ago. Sign in once more, come back here, then do it again.">
        <div className="flex flex-col gap-3">
          {provider && <ProviderButton name={provider} again />}
          <a href="/reset" className={buttonClass()}>
            Get a link by mail
          </a>
        </div>
      </Dialog>
    );
  return (
    <Dialog {...about} description="This asks once more, then not for ten minutes.">
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
