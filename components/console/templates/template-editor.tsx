"use client";

import { type FormEvent, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Field, Input, Textarea } from "../../ui/field.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { FailureNote } from "../failure-note.tsx";
import { JsonField } from "../json-field.tsx";
import { Preview, usePreview } from "../notifications/preview.tsx";
import { SendTest } from "../notifications/send-test.tsx";
import { useTRPCClient } from "../trpc.ts";
import { callOf, draftOf, previewOf, type TemplateDraft } from "./template-draft.ts";
import type { Template } from "./template-page.tsx";

export interface TemplateEditorProps {
  template: Template;
  onSaves: (saves: boolean) => void;
}

/** Writes the next version; beside it what comes of it with the sample's values. */
export function TemplateEditor({ template, onSaves }: TemplateEditorProps) {
  const { manages } = useConsole();
  const client = useTRPCClient();
  const toast = useToast();
  const { once, busy, failure } = useAct();
  const [draft, setDraft] = useState(() => draftOf(template.content));
  const words = previewOf(draft);
  const preview = usePreview(words);
  const call = callOf(draft);
  const faults = preview.data?.faults ?? {};
  const errorOf = (part: keyof TemplateDraft) => failure?.fields[part] ?? faults[part];
  const part = (name: keyof TemplateDraft) => ({
    value: draft[name],
    onChange: (event: { target: { value: string } }) =>
      setDraft((before) => ({ ...before, [name]: event.target.value })),
  });
  const unchanged = JSON.stringify(draft) === JSON.stringify(draftOf(template.content));

  async function save(event: FormEvent) {
    event.preventDefault();
    if (!call) return;
    onSaves(true);
    const saved = await once({ name: template.name, ...call }, (asked) => client.templates.save.mutate(asked));
    onSaves(false);
    if (saved) toast({ title: `Saved as a draft: version ${saved.content.version}` });
  }

  return (
    <div className="grid gap-8 lg:grid-cols-2">
      <div className="min-w-0 space-y-8">
        <form onSubmit={save} className="flex flex-col gap-5">
          <fieldset disabled={!manages} className="flex flex-col gap-5">
            <legend className="sr-only">What it says, in Liquid</legend>
            <Field label="Subject" error={errorOf("subject")}>
              <Input {...part("subject")} required />
            </Field>
            <Field label="In the inbox" hint="Liquid, such as {{ name }}." error={errorOf("message")}>
              <Textarea {...part("message")} required className="font-mono text-xs" />
            </Field>
            <Field label="Text of the mail (optional)" hint="The inbox's text unless given." error={errorOf("text")}>
              <Textarea {...part("text")} className="font-mono text-xs" />
            </Field>
            <Field label="HTML of the mail (optional)" hint="Variables are escaped." error={errorOf("html")}>
              <Textarea {...part("html")} spellCheck={false} className="min-h-32 font-mono text-xs" />
            </Field>
            <Field label="Summary (optional)" hint="Beside the subject in lists of mails." error={errorOf("summary")}>
              <Input {...part("summary")} />
            </Field>
            <section aria-label="Variables" className="flex flex-col gap-5 rounded-xl border border-line bg-sunken p-4">
              <p className="text-sm">
                <span className="font-medium">Variables used:</span>{" "}
                {preview.data?.uses.length ? (
                  preview.data.uses.map((name) => (
                    <code key={name} className="mr-2 font-mono text-xs">
                      {name}
                    </code>
                  ))
                ) : (
                  <span className="text-muted">none</span>
                )}
              </p>
              <JsonField
                label="Sample"
                hint="The values that the preview and tests put in."
                value={draft.sample}
                onChange={(sample) => setDraft((before) => ({ ...before, sample }))}
                error={errorOf("sample")}
              />
              <Field label="Required" hint="A send without one of these is refused." error={errorOf("required")}>
                <Textarea {...part("required")} className="min-h-16 font-mono text-xs" />
              </Field>
            </section>
          </fieldset>
          <FailureNote failure={failure} />
          {manages && (
            <div>
              <Button type="submit" disabled={busy || !call || unchanged || Object.keys(faults).length > 0}>
                Save the draft
              </Button>
            </div>
          )}
        </form>
        <div className="border-line border-t pt-5">
          <SendTest words={words} label="Send a test mail to" />
        </div>
      </div>
      <Preview query={preview} />
    </div>
  );
}
