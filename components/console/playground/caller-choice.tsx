"use client";

import { Field, Input } from "../../ui/field.tsx";
import { useConsole } from "../console-context.ts";

export interface Caller {
  kind: "user" | "key";
  userId: string;
  apiKey: string;
  actAs: string;
}

/** As whom a call is made: a user, by a token of 15 minutes, or a key that is pasted and stays in this page. */
export function CallerChoice({ caller, onChange }: { caller: Caller; onChange: (caller: Caller) => void }) {
  const { manages } = useConsole();
  const kinds = [
    { kind: "user" as const, label: "A user", may: manages },
    { kind: "key" as const, label: "An API key", may: true },
  ];
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-2 font-medium text-sm">Call as</legend>
      <div className="flex flex-wrap gap-x-5 gap-y-1">
        {kinds.map(({ kind, label, may }) => (
          <label key={kind} className="flex min-h-9 items-center gap-2 text-sm">
            <input
              type="radio"
              name="caller"
              disabled={!may}
              checked={caller.kind === kind}
              onChange={() => onChange({ ...caller, kind })}
              className="size-4 accent-(--accent)"
            />
            {label}
          </label>
        ))}
      </div>
      {caller.kind === "user" ? (
        <Field label="Calling user's id" hint="A token for 15 minutes is made for it, and the audit log says so.">
          <Input
            required
            value={caller.userId}
            onChange={(event) => onChange({ ...caller, userId: event.target.value })}
            spellCheck={false}
            autoComplete="off"
          />
        </Field>
      ) : (
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="API key" hint="It stays in this page and is gone with it.">
            <Input
              required
              type="password"
              value={caller.apiKey}
              onChange={(event) => onChange({ ...caller, apiKey: event.target.value.trim() })}
              autoComplete="off"
            />
          </Field>
          <Field label="Acting as user (optional)" hint="For calls that only users make.">
            <Input
              value={caller.actAs}
              onChange={(event) => onChange({ ...caller, actAs: event.target.value })}
              spellCheck={false}
              autoComplete="off"
            />
          </Field>
        </div>
      )}
      {!manages && (
        <p className="text-muted text-xs">
          Your role calls with a key only: acting as a user is for owners and admins.
        </p>
      )}
    </fieldset>
  );
}
