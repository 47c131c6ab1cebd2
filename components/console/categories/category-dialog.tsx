"use client";

import { type FormEvent, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog, Dialog, DialogButtons } from "../../ui/dialog.tsx";
import { Field, Input, Textarea } from "../../ui/field.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { differing } from "../differing.ts";
import { FailureNote } from "../failure-note.tsx";
import { JsonField, readObject } from "../json-field.tsx";
import { LabelledSelect } from "../labelled-select.tsx";
import { priorities } from "../notifications/draft.ts";
import { takenIn } from "../problem.ts";
import { TakenField } from "../taken-field.tsx";
import { useTRPCClient } from "../trpc.ts";
import type { Category } from "./categories-page.tsx";
import { type CategoryChoices, changeCategory, choicesOf, declared } from "./change-category.ts";

interface CategoryDialogProps {
  category: Category | undefined;
  onClose: () => void;
  onOpen: (type: string) => void;
}

/** Declares a type of notifications, or changes what is declared of one. */
export function CategoryDialog({ category, onClose, onOpen }: CategoryDialogProps) {
  const { manages } = useConsole();
  const client = useTRPCClient();
  const toast = useToast();
  const { run, busy, failure } = useAct();
  const [priority, setPriority] = useState<string>(category?.priority ?? "Normal");
  const [schema, setSchema] = useState(
    category?.metadataSchema ? JSON.stringify(category.metadataSchema, null, 2) : "",
  );
  const [began] = useState(category);
  const [wanted, setWanted] = useState("");
  const [asks, setAsks] = useState(false);
  const errors = failure?.fields ?? {};
  const metadataSchema = readObject(schema);

  async function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "");
    const on = (name: string) => form.get(name) !== null;
    const type = category?.type ?? text("type").trim();
    setWanted(type);
    const choices: CategoryChoices = {
      title: text("title"),
      description: text("description"),
      inApp: on("inApp"),
      email: on("email"),
      priority: priority as Category["priority"],
      required: !on("mayChange"),
      metadataSchema: schema.trim() ? metadataSchema : undefined,
    };
    const saved = await run(() =>
      began
        ? changeCategory(client, type, differing(choices, choicesOf(began)))
        : client.categories.put.mutate({ type, onlyNew: true, ...declared(choices) }),
    );
    if (!saved) return;
    toast({ title: `${saved.title}: saved` });
    onClose();
  }

  async function remove(type: string) {
    if (!(await run(() => client.categories.delete.mutate({ type })))) return;
    toast({ title: `${category?.title} goes by the tenant's defaults now` });
    onClose();
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={category ? category.title : "Create a category"}
      {...(category ? { description: `Notifications of type ${category.type}` } : {})}
    >
      <form onSubmit={save}>
        <fieldset disabled={!manages} className="flex flex-col gap-5">
          <legend className="sr-only">The category</legend>
          {!category && (
            <TakenField
              label="Type"
              hint="As sends name it, such as OrderShipped."
              failure={failure}
              field="type"
              onOpen={() => onOpen(wanted)}
            >
              <Input name="type" required maxLength={100} autoFocus autoComplete="off" className="font-mono" />
            </TakenField>
          )}
          <Field label="Title" hint="In people's preferences." error={errors.title}>
            <Input name="title" defaultValue={category?.title} required maxLength={100} />
          </Field>
          <Field label="Description (optional)" error={errors.description}>
            <Textarea name="description" defaultValue={category?.description} maxLength={500} className="min-h-16" />
          </Field>
          <Check name="inApp" label="To the inbox" on={category?.channels.includes("inApp") ?? true} />
          <Check
            name="email"
            label="By mail, without the sender asking"
            on={category?.channels.includes("email") ?? false}
          />
          <Check name="mayChange" label="People may change that, and be left in peace" on={!category?.required} />
          <LabelledSelect
            label="Priority"
            hint="Of notifications that name none. Urgent ones pass quiet hours."
            value={priority}
            options={priorities.map((value) => ({ value, label: value }))}
            onChange={setPriority}
          />
          <JsonField
            label="Schema of the metadata (optional)"
            hint="JSON Schema, draft 7. A send whose metadata does not fit is refused."
            value={schema}
            onChange={setSchema}
            error={errors.metadataSchema}
          />
        </fieldset>
        {takenIn(failure, "type") === undefined && <FailureNote failure={failure} className="mt-4" />}
        {manages && (
          <DialogButtons className="mt-5">
            {category && (
              <Button variant="danger" disabled={busy} onClick={() => setAsks(true)} className="mr-auto">
                Delete
              </Button>
            )}
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" variant="primary" disabled={busy || !metadataSchema}>
              Save
            </Button>
          </DialogButtons>
        )}
      </form>
      {category && (
        <ConfirmDialog
          open={asks}
          onOpenChange={setAsks}
          title={`Delete ${category.title}?`}
          confirm="Delete"
          onConfirm={() => void remove(category.type)}
        >
          <p>
            Its description, channels, priority and schema are gone. Notifications of type {category.type} go by the
            tenant's defaults from then on.
          </p>
        </ConfirmDialog>
      )}
    </Dialog>
  );
}

function Check({ name, label, on }: { name: string; label: string; on: boolean }) {
  return (
    <label className="flex min-h-6 items-center gap-2.5 text-sm">
      <input type="checkbox" name={name} defaultChecked={on} className="size-4 shrink-0 accent-(--accent)" />
      {label}
    </label>
  );
}
