"use client";

import { useQuery } from "@tanstack/react-query";
import { Field, Input, Textarea } from "../../ui/field.tsx";
import { FailureNote } from "../failure-note.tsx";
import { JsonField } from "../json-field.tsx";
import { LabelledSelect } from "../labelled-select.tsx";
import { failureOf } from "../problem.ts";
import { loadPublished } from "../templates/load-published.ts";
import { useTRPC, useTRPCClient } from "../trpc.ts";
import type { DraftFieldsProps } from "./compose-page.tsx";
import { priorities } from "./draft.ts";

/** What kind it is and what it says, in one's own words or a template's. */
export function WordFields({ draft, set, errors, uses }: DraftFieldsProps & { uses: readonly string[] }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const templates = useQuery({
    queryKey: [...trpc.templates.list.queryKey(), "published"],
    queryFn: () => loadPublished((input) => client.templates.list.query(input)),
  });
  const metadataHint = useMetadataHint(draft.type);
  return (
    <fieldset className="flex flex-col gap-5">
      <legend className="sr-only">What it says</legend>
      <div className="grid gap-4 sm:grid-cols-2">
        <TypeField draft={draft} set={set} errors={errors} />
        <LabelledSelect
          label="Priority"
          value={draft.priority}
          options={[
            { value: "", label: "As its category says" },
            ...priorities.map((value) => ({ value, label: value })),
          ]}
          onChange={(value) => set({ priority: value as typeof draft.priority })}
        />
      </div>
      <LabelledSelect
        label="Said by"
        value={draft.template}
        options={[
          { value: "", label: "Words of your own" },
          // The draft's own template stands in the list also before the list is there.
          ...(templates.isPending ? [{ value: draft.template || "…", label: "Loading…", disabled: true }] : []),
          ...(templates.isLoadingError && draft.template
            ? [{ value: draft.template, label: `template ${draft.template}` }]
            : []),
          // The title first: typing in the browser's list goes to it.
          ...(templates.data ?? []).map(({ name, title }) => ({ value: name, label: `${title} (template ${name})` })),
        ]}
        onChange={(template) => set({ template, variables: "" })}
      />
      {templates.error && <FailureNote failure={failureOf(templates.error)} onRetry={() => void templates.refetch()} />}
      {draft.template ? (
        <JsonField
          label="Variables"
          hint={
            uses.length > 0
              ? `Used: ${uses.join(", ")}. The preview shows its sample until you give values; a send needs them.`
              : "It uses none."
          }
          value={draft.variables}
          onChange={(variables) => set({ variables })}
          error={errors.variables}
        />
      ) : (
        <OwnWords draft={draft} set={set} errors={errors} />
      )}
      <JsonField
        label="Metadata (optional)"
        hint={metadataHint}
        value={draft.metadata}
        onChange={(metadata) => set({ metadata })}
        error={errors.metadata}
      />
    </fieldset>
  );
}

function TypeField({ draft, set, errors }: DraftFieldsProps) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.categories.list.queryOptions({ pageSize: 200 }));
  return (
    <Field label="Type" hint="People choose by it what they want." error={errors.type}>
      <Input
        value={draft.type}
        onChange={(event) => set({ type: event.target.value })}
        required
        maxLength={100}
        list="known-types"
      />
      <datalist id="known-types">
        {data?.data.map(({ type, title }) => (
          <option key={type} value={type}>
            {title}
          </option>
        ))}
      </datalist>
    </Field>
  );
}

function OwnWords({ draft, set, errors }: DraftFieldsProps) {
  return (
    <>
      <Field label="Subject" error={errors.subject}>
        <Input
          value={draft.subject}
          onChange={(event) => set({ subject: event.target.value })}
          required
          maxLength={500}
        />
      </Field>
      <Field label="Message" error={errors.message}>
        <Textarea value={draft.message} onChange={(event) => set({ message: event.target.value })} required />
      </Field>
      <Field
        label="HTML (optional)"
        hint="For the mail and the opened notification; scripts are taken out."
        error={errors.htmlContent}
      >
        <Textarea
          value={draft.html}
          onChange={(event) => set({ html: event.target.value })}
          className="font-mono"
          spellCheck={false}
        />
      </Field>
    </>
  );
}

/** What the category asks of metadata, in a few words. */
function useMetadataHint(type: string): string {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.categories.list.queryOptions({ pageSize: 200 }));
  const schema = data?.data.find((category) => category.type === type)?.metadataSchema;
  const names = Object.keys((schema?.properties as Record<string, unknown> | undefined) ?? {});
  if (!schema) return "JSON of your own, for the apps that show it.";
  return `JSON as the category's schema has it${names.length > 0 ? `: ${names.join(", ")}` : ""}.`;
}
