"use client";

import { type FormEvent, useState } from "react";
import { Field, Input } from "../ui/field.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { CallFault, callConsole } from "./call.ts";
import { OnceKeys } from "./once-keys.ts";
import { signIn } from "./sign-in.ts";
import { TenantFields } from "./tenant-fields.tsx";

/** An account and its first tenant, then signed in; with a claim, of the whole installation. */
export function SignUpForm({ claim }: { claim?: string | undefined }) {
  const [fault, setFault] = useState<CallFault>();
  const [busy, setBusy] = useState(false);
  // Sent once more after an answer that was lost, it would be refused: the address and the id are taken, by oneself.
  const [keys] = useState(() => new OnceKeys());

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    const [email, password, tenant] = [text("email"), String(form.get("password") ?? ""), text("tenant")];
    setBusy(true);
    setFault(undefined);
    try {
      const fields = { email, password, tenant, tenantName: text("tenantName"), ...(claim ? { claim } : {}) };
      await callConsole("people.signUp", { ...fields, idempotencyKey: keys.of(fields) });
      await signIn({ way: "password", email, password });
      window.location.assign("/t");
    } catch (error) {
      setFault(error instanceof CallFault ? error : new CallFault({}));
      setBusy(false);
    }
  }

  const errorOf = (field: string) => fault?.fields[field]?.[0];
  const inFields = ["email", "password", "tenant", "tenantName"].some((field) => errorOf(field) !== undefined);
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field label="Email" error={errorOf("email")}>
        <Input name="email" type="email" autoComplete="username" required />
      </Field>
      <Field label="Password" hint="At least 10 characters." error={errorOf("password")}>
        <Input name="password" type="password" autoComplete="new-password" minLength={10} required />
      </Field>
      <TenantFields
        names={{ name: "tenantName", id: "tenant" }}
        labels={{ name: "Name of your tenant" }}
        errorOf={errorOf}
      />
      <p role="alert" className="text-bad text-sm" hidden={fault === undefined}>
        {inFields ? "Some fields are not right yet." : fault?.message}
      </p>
      <SubmitButton variant="primary" disabled={busy}>
        Sign up
      </SubmitButton>
    </form>
  );
}
