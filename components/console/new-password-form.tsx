"use client";

import { type FormEvent, useState } from "react";
import { Field, Input } from "../ui/field.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { CallFault, callConsole } from "./call.ts";
import { OnceKeys } from "./once-keys.ts";
import { withNext } from "./own-path.ts";

/** Sets the password that a mailed link allows to set, then leads to the sign-in. */
export function NewPasswordForm({ token, next }: { token: string; next: string }) {
  const [fault, setFault] = useState<CallFault>();
  const [busy, setBusy] = useState(false);
  // Sent once more after an answer that was lost, it would be refused: the link is over, by oneself.
  const [keys] = useState(() => new OnceKeys());

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const password = String(new FormData(event.currentTarget).get("password") ?? "");
    setBusy(true);
    setFault(undefined);
    try {
      const fields = { token, password };
      await callConsole("people.resetPassword", { ...fields, idempotencyKey: keys.of(fields) });
      window.location.assign(withNext("/sign-in", next));
    } catch (error) {
      setFault(error instanceof CallFault ? error : new CallFault({}));
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field label="New password" hint="At least 10 characters." error={fault?.fields.password?.[0]}>
        <Input name="password" type="password" autoComplete="new-password" minLength={10} required autoFocus />
      </Field>
      <p role="alert" className="text-bad text-sm" hidden={!fault || fault.fields.password !== undefined}>
        {fault?.message}
      </p>
      <SubmitButton variant="primary" disabled={busy}>
        Set password
      </SubmitButton>
    </form>
  );
}
