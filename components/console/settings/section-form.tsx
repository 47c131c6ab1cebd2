"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type FormEvent, useId } from "react";
import { Button } from "../../ui/button.tsx";
import { Field, Input, Textarea } from "../../ui/field.tsx";
import { inputClass } from "../../ui/input-class.ts";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { FailureNote } from "../failure-note.tsx";
import { type Inputs, useTRPC, useTRPCClient } from "../trpc.ts";
import { hintOf, overNow, patchOf, type SettingField, type SettingSection, type Tenant, valueAt } from "./sections.ts";
import { useFollowStored } from "./use-follow-stored.ts";

/** One part of the settings. Only what was changed is sent. */
export function SectionForm({ section, stored }: { section: SettingSection; stored: Tenant }) {
  const { manages } = useConsole();
  const client = useTRPCClient();
  const queries = useQueryClient();
  const trpc = useTRPC();
  const toast = useToast();
  const router = useRouter();
  const { run, busy, failure } = useAct();
  const { form, beginSave, began } = useFollowStored();
  const { id, title, lead, fields } = section;

  async function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const patch = patchOf(fields, new FormData(event.currentTarget), stored);
    if (!patch) return toast({ title: "Nothing was changed" });
    const taken = beginSave();
    const saved = await run(async () => {
      const now = fields.some(({ kind }) => kind === "lines") ? await client.tenants.get.query() : stored;
      // The service checks what the boxes say, field by field.
      type Asked = Exclude<Inputs["tenants"]["update"], void>;
      return client.tenants.update.mutate(overNow(patch, fields, { now, began }) as Asked);
    });
    if (!saved) return;
    taken();
    // The next change is one to this, also before all is read anew: put back at once, it would else seem none.
    queries.setQueryData(trpc.tenants.get.queryKey(), saved);
    toast({ title: `${title}: saved` });
    // It stands above every page, too.
    if ("name" in patch) router.refresh();
  }

  return (
    <section
      id={id}
      aria-labelledby={`${id}-title`}
      className="scroll-mt-16 rounded-xl border border-line bg-surface p-5"
    >
      <h2 id={`${id}-title`} tabIndex={-1} className="font-semibold outline-none">
        {title}
      </h2>
      <p className="mt-0.5 text-muted text-sm">{lead}</p>
      <form {...form} onSubmit={save} className="mt-4">
        <fieldset disabled={!manages} className="grid gap-4 sm:grid-cols-2">
          <legend className="sr-only">{title}</legend>
          {fields.map((field) => (
            <SettingControl
              key={field.path}
              field={field}
              hint={hintOf(field, stored)}
              value={valueAt(stored, field.path)}
              error={failure?.fields[field.path]}
            />
          ))}
        </fieldset>
        <FailureNote failure={failure} className="mt-4" />
        {manages && (
          <Button type="submit" disabled={busy} className="mt-4">
            Save {title.toLowerCase()}
          </Button>
        )}
      </form>
    </section>
  );
}

interface ControlProps {
  field: SettingField;
  hint?: string | undefined;
  value: unknown;
  error?: string | undefined;
}

function SettingControl({ field: { path, label, kind }, hint, value, error }: ControlProps) {
  const id = useId();
  if (kind === "switch")
    return (
      <label className="flex min-h-9 items-center gap-2.5 text-sm sm:col-span-2">
        <input
          type="checkbox"
          name={path}
          defaultChecked={value === true}
          data-stored={value === true}
          className="size-4 accent-(--accent)"
        />
        {label}
      </label>
    );
  if (typeof kind === "object")
    return (
      <div className="flex flex-col gap-1.5">
        <label htmlFor={id} className="font-medium text-sm">
          {label}
        </label>
        <select id={id} name={path} defaultValue={String(value)} data-stored={String(value)} className={inputClass}>
          {kind.map((word) => (
            <option key={word} value={word}>
              {word.charAt(0).toUpperCase() + word.slice(1)}
            </option>
          ))}
        </select>
      </div>
    );
  const stored = kind === "lines" ? (value as string[]).join("\n") : String(value ?? "");
  const types = { text: "text", number: "number", time: "time", colour: "color" };
  return (
    <Field label={label} hint={hint} error={error}>
      {kind === "lines" ? (
        <Textarea name={path} defaultValue={stored} data-stored={stored} spellCheck={false} />
      ) : (
        <Input
          name={path}
          type={types[kind]}
          required={kind === "number" && stored !== ""}
          step={kind === "number" ? "any" : undefined}
          defaultValue={stored}
          data-stored={stored}
        />
      )}
    </Field>
  );
}
