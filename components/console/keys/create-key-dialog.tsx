"use client";

import { type FormEvent, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogButtons } from "../../ui/dialog.tsx";
import { Field, Input } from "../../ui/field.tsx";
import { useAct } from "../act.tsx";
import { FailureNote } from "../failure-note.tsx";
import { type Answers, useTRPCClient } from "../trpc.ts";
import { type Scope, scopeTexts } from "./scopes.ts";

const scopes = Object.keys(scopeTexts) as Scope[];

export interface CreateKeyDialogProps {
  onClose: () => void;
  onMade: (key: Answers["apiKeys"]["create"]) => void;
}

/** Names a key and picks what it may. */
export function CreateKeyDialog({ onClose, onMade }: CreateKeyDialogProps) {
  const client = useTRPCClient();
  const { once, busy, failure } = useAct();
  const [chosen, setChosen] = useState<ReadonlySet<Scope>>(new Set());

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name") ?? "");
    const asked = { name, scopes: scopes.filter((scope) => chosen.has(scope)) };
    const made = await once(asked, (call) => client.apiKeys.create.mutate(call));
    if (made) onMade(made);
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Create a key"
      description="Give it only what it needs; a key that leaks can do no more."
    >
      <form onSubmit={submit} className="flex flex-col gap-5">
        <Field label="Name" hint="To tell keys apart by." error={failure?.fields.name}>
          <Input name="name" required maxLength={100} autoComplete="off" autoFocus />
        </Field>
        <fieldset>
          <legend className="mb-2 font-medium text-sm">It may</legend>
          <div className="grid gap-x-4 sm:grid-cols-2">
            {scopes.map((scope) => (
              <label key={scope} className="flex min-h-9 items-start gap-2.5 py-1.5 text-sm">
                <input
                  type="checkbox"
                  checked={chosen.has(scope)}
                  onChange={(event) => setChosen(withScope(chosen, scope, event.target.checked))}
                  className="mt-0.5 size-4 accent-(--accent)"
                />
                <span>
                  {scopeTexts[scope]}
                  <code className="block font-mono text-muted text-xs">{scope}</code>
                </span>
              </label>
            ))}
          </div>
        </fieldset>
        <FailureNote failure={failure} />
        <DialogButtons>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={busy || chosen.size === 0}>
            Create
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}

function withScope(chosen: ReadonlySet<Scope>, scope: Scope, on: boolean): ReadonlySet<Scope> {
  const others = [...chosen].filter((one) => one !== scope);
  return new Set(on ? [...others, scope] : others);
}
