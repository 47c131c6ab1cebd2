"use client";

import { type FormEvent, useState } from "react";
import { Field, Input } from "../ui/field.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { CallFault, callConsole } from "./call.ts";
import { OnceKeys } from "./once-keys.ts";
import { signIn } from "./sign-in.ts";

export interface AcceptFormProps {
  token: string;
  email: string;
  /** Signed in as the invited person: one press is enough. */
  signedIn: boolean;
}

export function AcceptForm({ token, email, signedIn }: AcceptFormProps) {
  const [fault, setFault] = useState<string>();
  const [busy, setBusy] = useState(false);
  // Sent once more after an answer that was lost, it would be refused: the invitation is taken, by oneself.
  const [keys] = useState(() => new OnceKeys());

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const password = String(new FormData(event.currentTarget).get("password") ?? "");
    setBusy(true);
    try {
      if (signedIn) await callConsole("account.acceptInvitation", { token, idempotencyKey: keys.of({ token }) });
      else {
        const fields = { token, password };
        await callConsole("people.acceptInvitation", { ...fields, idempotencyKey: keys.of(fields) });
        await signIn({ way: "password", email, password });
      }
      window.location.assign("/t");
    } catch (error) {
      setFault(error instanceof CallFault ? error.message : "That did not work.");
      setBusy(false);
    }
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      {!signedIn && (
        <>
          <Field label="Email">
            <Input name="email" type="email" value={email} autoComplete="username" readOnly />
          </Field>
          <Field label="Password" hint="At least 10 characters.">
            <Input name="password" type="password" autoComplete="new-password" minLength={10} required />
          </Field>
        </>
      )}
      <p role="alert" className="text-bad text-sm" hidden={fault === undefined}>
        {fault}
      </p>
      <SubmitButton variant="primary" disabled={busy}>
        Accept
      </SubmitButton>
    </form>
  );
}
