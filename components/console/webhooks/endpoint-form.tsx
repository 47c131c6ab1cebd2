"use client";

import { type FormEvent, type ReactNode, useState } from "react";
import { DialogButtons } from "../../ui/dialog.tsx";
import { Field, Input } from "../../ui/field.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { FailureNote } from "../failure-note.tsx";
import type { Failure } from "../problem.ts";
import type { Answers } from "../trpc.ts";
import { asInBox } from "../typed-name.ts";
import { type EventType, eventTexts, everyType } from "./event-texts.ts";
import { SamplePayload } from "./sample-payload.tsx";

export interface EndpointChoices {
  url: string;
  description: string;
  types: EventType[];
  chatId: string | null;
  ordered: boolean;
}

type Webhook = Answers["webhooks"]["get"];

export interface EndpointFormProps {
  /** What the boxes begin with. */
  of?: Webhook;
  failure: Failure | undefined;
  onSubmit: (choices: EndpointChoices) => void;
  /** The row of buttons. */
  children: ReactNode;
}

/** An endpoint as the form says it while nothing is changed. */
export function choicesOf({ url, description, types, chatId, ordered }: Webhook): EndpointChoices {
  return {
    url,
    description: asInBox(description),
    types: everyType.filter((type) => types.includes(type)),
    chatId,
    ordered,
  };
}

/** Where events go, which ones, and in which order. */
export function EndpointForm({ of, failure, onSubmit, children }: EndpointFormProps) {
  const [chosen, setChosen] = useState<ReadonlySet<EventType>>(new Set(of?.types));
  const [all, setAll] = useState((of?.types.length ?? 0) === 0);

  const [looks, setLooks] = useState(false);
  const [shown, setShown] = useState<EventType>("message.created");

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const said = (name: string) => String(form.get(name) ?? "").trim();
    onSubmit({
      url: said("url"),
      description: said("description"),
      types: all ? [] : everyType.filter((type) => chosen.has(type)),
      chatId: said("chatId") || null,
      ordered: form.get("ordered") !== null,
    });
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-5">
      <Field
        label="Address"
        hint="https, and no private address, unless the installation allows it."
        error={failure?.fields.url}
      >
        <Input
          name="url"
          type="url"
          required
          maxLength={2000}
          autoComplete="off"
          autoFocus
          placeholder="https://example.com/hooks/parley"
          defaultValue={of?.url}
        />
      </Field>
      <Field label="Description (optional)" error={failure?.fields.description}>
        <Input name="description" maxLength={500} autoComplete="off" defaultValue={of?.description} />
      </Field>
      <fieldset className="min-w-0">
        <legend className="mb-1 font-medium text-sm">Events</legend>
        <Check label="All, also those of later versions" checked={all} onChange={setAll} />
        {!all && (
          <div className="mt-1 grid gap-x-4 sm:grid-cols-2">
            {everyType.map((type) => (
              <Check
                key={type}
                label={eventTexts[type]}
                code={type}
                checked={chosen.has(type)}
                onChange={(on) => setChosen(withType(chosen, type, on))}
              />
            ))}
          </div>
        )}
        <details className="mt-2 text-sm" onToggle={({ currentTarget }) => setLooks(currentTarget.open)}>
          <summary className="min-h-9 cursor-pointer py-1.5 underline underline-offset-4">What they look like</summary>
          {looks && (
            <div className="mt-1 space-y-2">
              <NativeSelect
                label="Sample of"
                value={shown}
                options={everyType.map((value) => ({ value, label: value }))}
                onChange={setShown}
              />
              <SamplePayload type={shown} />
            </div>
          )}
        </details>
        {!all && chosen.size === 0 && <p className="mt-1 text-muted text-xs">None chosen is all of them.</p>}
      </fieldset>
      <Field label="Only of one chat (optional)" hint="The chat's id." error={failure?.fields.chatId}>
        <Input name="chatId" autoComplete="off" className="font-mono text-xs" defaultValue={of?.chatId ?? ""} />
      </Field>
      <label className="flex items-start gap-2.5 text-sm">
        <input
          type="checkbox"
          name="ordered"
          defaultChecked={of?.ordered}
          className="mt-0.5 size-4 accent-(--accent)"
        />
        <span>
          In order
          <span className="block text-muted text-xs leading-5">
            One event of a chat at a time: while one fails, those of its chat wait.
          </span>
        </span>
      </label>
      <FailureNote failure={failure} />
      <DialogButtons>{children}</DialogButtons>
    </form>
  );
}

interface CheckProps {
  label: string;
  code?: string;
  checked: boolean;
  onChange: (on: boolean) => void;
}

function Check({ label, code, checked, onChange }: CheckProps) {
  return (
    <label className="flex min-h-9 items-start gap-2.5 py-1.5 text-sm">
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
        className="mt-0.5 size-4 accent-(--accent)"
      />
      <span>
        {label}
        {code && <code className="block font-mono text-muted text-xs">{code}</code>}
      </span>
    </label>
  );
}

function withType(chosen: ReadonlySet<EventType>, type: EventType, on: boolean): ReadonlySet<EventType> {
  const others = [...chosen].filter((one) => one !== type);
  return new Set(on ? [...others, type] : others);
}
