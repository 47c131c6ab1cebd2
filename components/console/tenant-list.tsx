"use client";

import { type FormEvent, useState } from "react";
import { Button } from "../ui/button.tsx";
import { cn } from "../ui/cn.ts";
import { Field, Input } from "../ui/field.tsx";
import { Status } from "../ui/status.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { CallFault, callConsole } from "./call.ts";
import { sayCount } from "./say-count.ts";
import type { Answers } from "./trpc.ts";

export type InstallationTenant = Answers["installation"]["listTenants"]["data"][number];

/** Tenants with what they have; each can be suspended and limited. */
export function TenantList({ tenants }: { tenants: InstallationTenant[] }) {
  const [shown, setShown] = useState(tenants);
  /** What came of the last press, said where it was made: the list may be long. */
  const [said, setSaid] = useState<{ tenantId: string; words: string; isFault?: true }>();
  const refuse = (tenantId: string, error: unknown) =>
    setSaid({ tenantId, words: error instanceof CallFault ? error.message : "That did not work.", isFault: true });
  async function change(tenantId: string, part: Partial<Pick<InstallationTenant, "suspended" | "rate" | "limited">>) {
    setSaid(undefined);
    try {
      const { limited: _limited, ...fields } = part;
      await callConsole("installation.updateTenant", { tenant: tenantId, ...fields });
      setShown((before) => before.map((one) => (one.tenantId === tenantId ? { ...one, ...part } : one)));
      setSaid({ tenantId, words: wordsOf(tenantId, part) });
    } catch (error) {
      refuse(tenantId, error);
    }
  }
  async function lift(tenantId: string) {
    setSaid(undefined);
    try {
      await callConsole("installation.updateTenant", { tenant: tenantId, limited: false });
      window.location.reload(); // what the tenant sets itself is shown then
    } catch (error) {
      refuse(tenantId, error);
    }
  }
  return (
    <ul className="flex flex-col divide-y divide-line">
      {shown.map((tenant) => (
        <li key={tenant.tenantId} className="flex flex-col gap-2 py-4 first:pt-0">
          <p className="flex items-center justify-between gap-3">
            <span className="min-w-0">
              <span className="block truncate font-medium">{tenant.name || "Deleted"}</span>
              <span className="text-muted text-xs">
                {tenant.tenantId} · {sayCount(tenant.operators, "operator")} · {sayCount(tenant.users, "user")} ·{" "}
                {sayCount(tenant.chats, "chat")}
              </span>
            </span>
            <Button size="sm" onClick={() => void change(tenant.tenantId, { suspended: !tenant.suspended })}>
              {tenant.suspended ? "Let go on" : "Suspend"}
            </Button>
          </p>
          <LimitForm
            tenant={tenant}
            onChange={(rate) => void change(tenant.tenantId, { rate, limited: true })}
            onLift={() => void lift(tenant.tenantId)}
          />
          <Outcome said={said?.tenantId === tenant.tenantId ? said : undefined} />
        </li>
      ))}
    </ul>
  );
}

function Outcome({ said }: { said: { words: string; isFault?: true } | undefined }) {
  return <Status className={cn("text-sm", said?.isFault && "text-bad")}>{said?.words}</Status>;
}

/** What a change has come to. */
function wordsOf(tenantId: string, { suspended, rate }: Partial<InstallationTenant>): string {
  if (rate) return `${tenantId} may make ${sayCount(rate.rate, "call")} a second, ${rate.burst} at once.`;
  return suspended ? `${tenantId} is suspended: it is refused every call.` : `${tenantId} goes on.`;
}

interface LimitFormProps {
  tenant: InstallationTenant;
  onChange(rate: InstallationTenant["rate"]): void;
  onLift(): void;
}

function LimitForm({ tenant, onChange, onLift }: LimitFormProps) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onChange({ rate: Number(form.get("rate")), burst: Number(form.get("burst")) });
  };
  return (
    <form onSubmit={submit} className="flex items-end gap-2">
      <Field label="Calls a second" className="flex-1">
        <Input name="rate" type="number" min={0.1} step="any" defaultValue={String(tenant.rate.rate)} required />
      </Field>
      <Field label="At once" className="flex-1">
        <Input name="burst" type="number" min={1} defaultValue={String(tenant.rate.burst)} required />
      </Field>
      <SubmitButton>Limit</SubmitButton>
      {tenant.limited && <Button onClick={onLift}>Lift</Button>}
    </form>
  );
}
