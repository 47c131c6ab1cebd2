"use client";

import { type FormEvent, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Field, Input } from "../ui/field.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { CallFault, callConsole } from "./call.ts";

/** Makes one more tenant, and opens its console. Folded away behind a button where there is one already. */
export function NewTenantForm({ begins }: { begins: boolean }) {
  const [open, setOpen] = useState(begins);
  const [fault, setFault] = useState<CallFault>();
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    setBusy(true);
    setFault(undefined);
    try {
      const fields = { id: text("id"), name: text("name") };
      const { tenantId } = await callConsole<{ tenantId: string }>("POST", "/account/tenants", fields);
      window.location.assign(`/t/${tenantId}`);
    } catch (error) {
      setFault(error instanceof CallFault ? error : new CallFault({}));
      setBusy(false);
    }
  }

  if (!open)
    return (
      <Button className="self-start" size="sm" onClick={() => setOpen(true)}>
        New tenant
      </Button>
    );
  const errorOf = (field: string) => fault?.fields[field]?.[0];
  const elsewhere = fault !== undefined && errorOf("name") === undefined && errorOf("id") === undefined;
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <Field label="Name of the tenant" hint="Your company or product." error={errorOf("name")}>
        <Input name="name" autoComplete="organization" required />
      </Field>
      <Field label="Its id" hint="Small letters, digits and hyphens: part of every address." error={errorOf("id")}>
        <Input name="id" pattern="[a-z0-9]([a-z0-9\-]{0,61}[a-z0-9])?" required />
      </Field>
      <p role="alert" className="text-bad text-sm" hidden={!elsewhere}>
        {fault?.message}
      </p>
      <SubmitButton variant="primary" disabled={busy}>
        Make the tenant
      </SubmitButton>
    </form>
  );
}
