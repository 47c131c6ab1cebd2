"use client";

import { type FormEvent, useState } from "react";
import { Field, Input } from "../ui/field.tsx";
import { Status } from "../ui/status.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { CallFault, callConsole } from "./call.ts";
import { nextOf } from "./own-path.ts";

/** Asks for a mail, to set a new password or to sign in without one. What it says is the same whether there is an account. */
export function RequestLinkForm({ next }: { next: string }) {
  const [said, setSaid] = useState<{ text: string; bad: boolean }>();
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const email = String(new FormData(event.currentTarget).get("email") ?? "").trim();
    const pressed = (event.nativeEvent as SubmitEvent).submitter as HTMLButtonElement | null;
    setBusy(true);
    try {
      await callConsole(pressed?.value === "sign-in" ? "people.requestSignInLink" : "people.requestPasswordReset", {
        email,
        ...nextOf(next),
      });
      setSaid({ text: `If there is an account with ${email}, a mail is on its way.`, bad: false });
    } catch (error) {
      const fault = error instanceof CallFault ? error : new CallFault({});
      setSaid({ text: fault.fields.email?.[0] ?? fault.message, bad: true });
    }
    setBusy(false);
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field label="Email">
        <Input name="email" type="email" autoComplete="username" required autoFocus />
      </Field>
      <Status className={said?.bad ? "text-bad text-sm" : "text-sm leading-6"}>{said?.text}</Status>
      <SubmitButton value="reset" variant="primary" disabled={busy}>
        Mail a link to set a new password
      </SubmitButton>
      <SubmitButton value="sign-in" disabled={busy}>
        Mail a link to sign in
      </SubmitButton>
    </form>
  );
}
