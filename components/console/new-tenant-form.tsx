"use client";

import { type FormEvent, useState } from "react";
import { Button } from "../ui/button.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { CallFault, callConsole } from "./call.ts";
import { OnceKeys } from "./once-keys.ts";
import { TenantFields } from "./tenant-fields.tsx";

/** Makes one more tenant, and opens its console. Folded away behind a button where there is one already. */
export function NewTenantForm({ begins }: { begins: boolean }) {
  const [open, setOpen] = useState(begins);
  const [fault, setFault] = useState<CallFault>();
  const [busy, setBusy] = useState(false);
  // Sent once more after an answer that was lost, it would be refused: the id is taken, by oneself.
  const [keys] = useState(() => new OnceKeys());

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    setBusy(true);
    setFault(undefined);
    try {
      const fields = { id: text("id"), name: text("name") };
      const { tenantId } = await callConsole("account.createTenant", { ...fields, idempotencyKey: keys.of(fields) });
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
      <TenantFields names={{ name: "name", id: "id" }} labels={{ name: "Name of the tenant" }} errorOf={errorOf} />
      <p role="alert" className="text-bad text-sm" hidden={!elsewhere}>
        {fault?.message}
      </p>
      <SubmitButton variant="primary" disabled={busy}>
        Make the tenant
      </SubmitButton>
    </form>
  );
}
