"use client";

import { useQuery } from "@tanstack/react-query";
import { Field, Input, Textarea } from "../../ui/field.tsx";
import { FailureNote } from "../failure-note.tsx";
import { LabelledSelect } from "../labelled-select.tsx";
import { failureOf } from "../problem.ts";
import { idsHint } from "../read-ids.ts";
import { useTRPC } from "../trpc.ts";
import type { DraftFieldsProps } from "./compose-page.tsx";
import { audiences } from "./draft.ts";

/** To whom. */
export function AudienceFields({ draft, set, errors }: DraftFieldsProps) {
  const audience = audiences.find(({ value }) => value === draft.audience) ?? audiences[0];
  const target = {
    value: draft.target,
    required: true,
    onChange: (event: { target: { value: string } }) => set({ target: event.target.value }),
  };
  return (
    <fieldset className="flex flex-col gap-5">
      <legend className="sr-only">To whom</legend>
      <div className="grid gap-4 sm:grid-cols-2">
        <LabelledSelect
          label="To"
          value={draft.audience}
          options={audiences}
          onChange={(value) => set({ audience: value as typeof draft.audience, target: "", email: "" })}
        />
        {draft.audience === "topic" ? (
          <TopicSelect draft={draft} set={set} errors={errors} />
        ) : (
          audience.target && (
            <Field
              label={audience.target}
              error={errors[audience.field]}
              hint={draft.audience === "users" ? `Up to 10,000, ${idsHint}.` : undefined}
            >
              {draft.audience === "users" ? <Textarea {...target} /> : <Input {...target} />}
            </Field>
          )
        )}
      </div>
      {draft.audience === "user" && (
        <Field label="Email address (optional)" hint="Asks for a mail to this address too." error={errors.email}>
          <Input type="email" value={draft.email} onChange={(event) => set({ email: event.target.value })} />
        </Field>
      )}
    </fieldset>
  );
}

function TopicSelect({ draft, set, errors }: DraftFieldsProps) {
  const trpc = useTRPC();
  const { data, error, refetch } = useQuery(trpc.topics.list.queryOptions({ pageSize: 100 }));
  const topics = (data?.data ?? []).map(({ id, name, subscribers }) => ({
    value: id,
    label: `${name} (${subscribers})`,
  }));
  // Of more than one page any may be meant.
  if (data && "totalPages" in data && data.totalPages > 1)
    return (
      <Field label="Topic" hint="Its id. There are too many to choose from." error={errors.topic}>
        <Input required value={draft.target} onChange={(event) => set({ target: event.target.value })} />
      </Field>
    );
  const none = data ? (topics.length > 0 ? "Choose one" : "There is none yet") : error ? "Not known" : "Loading…";
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <LabelledSelect
        label="Topic"
        required
        value={draft.target}
        options={[{ value: "", label: none }, ...topics]}
        onChange={(target) => set({ target })}
        error={errors.topic}
      />
      {!data && error && <FailureNote failure={failureOf(error)} onRetry={() => void refetch()} />}
    </div>
  );
}
