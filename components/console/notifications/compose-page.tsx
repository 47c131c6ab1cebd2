"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Field, Input, Textarea } from "../../ui/field.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { FailureNote } from "../failure-note.tsx";
import { PageHeader } from "../page-header.tsx";
import { useTRPCClient } from "../trpc.ts";
import { ComposePreview } from "./compose-preview.tsx";
import { audiences, type Draft, emptyDraft, priorities, sendDraft } from "./draft.ts";

/** Writes a notification: to whom, what, when; beside it how it will look. */
export function ComposePage() {
  const { base, manages } = useConsole();
  const router = useRouter();
  const client = useTRPCClient();
  const toast = useToast();
  const { run, busy, failure } = useAct();
  const [draft, setDraft] = useState<Draft>(emptyDraft);
  const set = (change: Partial<Draft>) => setDraft((before) => ({ ...before, ...change }));
  const text = (name: keyof Draft) => ({
    value: draft[name],
    onChange: (event: { target: { value: string } }) => set({ [name]: event.target.value }),
  });
  const audience = audiences.find(({ value }) => value === draft.audience) ?? audiences[0];

  async function submit(event: FormEvent) {
    event.preventDefault();
    const sent = await run(() => sendDraft(client, draft, crypto.randomUUID()));
    if (!sent) return;
    toast({ title: draft.at ? "It is scheduled" : "It is sent" });
    router.push(sent.kind === "one" ? `${base}/notifications/${sent.id}` : `${base}/notifications`);
  }

  return (
    <>
      <PageHeader title="Send a notification" lead="Into the inbox, and by mail where that is asked for or wanted." />
      <div className="grid gap-8 lg:grid-cols-2">
        <form onSubmit={submit} className="flex flex-col gap-5">
          <fieldset className="grid gap-4 sm:grid-cols-2">
            <legend className="sr-only">To whom</legend>
            <div className="flex flex-col gap-1.5">
              <span className="font-medium text-sm">To</span>
              <NativeSelect
                label="To"
                value={draft.audience}
                options={audiences.map(({ value, label }) => ({ value, label }))}
                onChange={(value) => set({ audience: value, target: "", email: "" })}
              />
            </div>
            {audience.target && (
              <Field label={audience.target} error={failure?.fields[audience.field]}>
                <Input {...text("target")} required />
              </Field>
            )}
          </fieldset>
          {draft.audience === "user" && (
            <Field
              label="E-mail address (optional)"
              hint="Asks for a mail to this address too."
              error={failure?.fields.email}
            >
              <Input type="email" {...text("email")} />
            </Field>
          )}
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label="Type" hint="People choose by it what they want." error={failure?.fields.type}>
              <Input {...text("type")} required maxLength={100} />
            </Field>
            <div className="flex flex-col gap-1.5">
              <span className="font-medium text-sm">Priority</span>
              <NativeSelect
                label="Priority"
                value={draft.priority}
                options={priorities.map((value) => ({ value, label: value }))}
                onChange={(priority) => set({ priority })}
              />
            </div>
          </div>
          <Field label="Subject" error={failure?.fields.subject}>
            <Input {...text("subject")} required maxLength={500} />
          </Field>
          <Field label="Message" error={failure?.fields.message}>
            <Textarea {...text("message")} required />
          </Field>
          <Field
            label="HTML (optional)"
            hint="For the mail and the opened notification; scripts are taken out."
            error={failure?.fields.htmlContent}
          >
            <Textarea {...text("html")} className="font-mono" spellCheck={false} />
          </Field>
          <Field
            label="Not before (optional)"
            hint="By each recipient's own clock. Empty sends it now."
            error={failure?.fields.scheduledForLocal}
          >
            <Input type="datetime-local" {...text("at")} />
          </Field>
          <FailureNote failure={failure} />
          <div>
            <Button type="submit" variant="primary" disabled={busy || !manages}>
              {draft.at ? "Schedule" : "Send"}
            </Button>
          </div>
        </form>
        <ComposePreview draft={draft} />
      </div>
    </>
  );
}
