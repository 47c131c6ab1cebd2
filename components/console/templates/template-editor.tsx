"use client";

import { useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { type FormEvent, useEffect, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { Field, Input, Textarea } from "../../ui/field.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { FailureNote } from "../failure-note.tsx";
import { JsonField } from "../json-field.tsx";
import { Preview, usePreview } from "../notifications/preview.tsx";
import { SendTest } from "../notifications/send-test.tsx";
import { takenIn } from "../problem.ts";
import { useTRPC, useTRPCClient } from "../trpc.ts";
import { callOf, follow, isTouched, previewOf, savedAs, type TemplateDraft, withWordsOf } from "./template-draft.ts";
import type { Template } from "./template-page.tsx";
import { unsavedWords } from "./unsaved-words.ts";

export interface TemplateEditorProps {
  template: Template;
  /** The version that the address names; null of the newest. */
  asked: number | null;
  onSaves: (saves: boolean) => void;
  /** What was saved is the newest version, which is not the one that was asked for. */
  onNewest: () => void;
}

/** Writes the next version; beside it what comes of it with the sample's values. */
export function TemplateEditor({ template, asked, onSaves, onNewest }: TemplateEditorProps) {
  const { base: path, manages } = useConsole();
  const place = `${path}/templates/${encodeURIComponent(template.name)}`;
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queries = useQueryClient();
  const toast = useToast();
  const { once, busy, failure, forget } = useAct();
  const open = (version: number | null, content: Template["content"]) => unsavedWords.open(place, version, content);
  const [kept, setWriting] = useState(() => open(asked, template.content));
  const writing = follow(kept, asked, template.content, open);
  if (writing !== kept) setWriting(writing);
  useEffect(() => unsavedWords.keep(place, writing), [place, writing]);
  const { draft, base, other, title } = writing;
  const isChanged = isTouched(writing);
  const setDraft = (change: (before: TemplateDraft) => TemplateDraft) =>
    setWriting((before) => ({ ...before, draft: change(before.draft) }));
  /** Another draft than the one this was written from would be lost. */
  const replaced = takenIn(failure, "onlyIf");
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

  async function save(condition: { onlyIf?: string }) {
    if (!call) return;
    const { name } = template;
    onSaves(true);
    // The title is sent where it was changed alone, so that nobody's rename is taken back.
    const renaming = title === undefined ? {} : { title };
    const saved = await once({ name, ...renaming, ...call, ...condition }, (asked) =>
      client.templates.save.mutate(asked),
    );
    onSaves(false);
    if (!saved) return;
    queries.setQueryData(trpc.templates.get.queryKey({ name }), saved);
    unsavedWords.saved(place, writing, saved.content);
    setWriting((before) => savedAs(before, writing, saved.content));
    if (asked !== null) onNewest();
    toast({ title: `Saved as a draft: version ${saved.content.version}` });
  }

  function discard() {
    setWriting({ ...withWordsOf(writing, template.content), title: undefined });
    const undo = () => {
      unsavedWords.keep(place, writing);
      setWriting(writing);
    };
    toast({ title: "What was not saved is gone", action: { label: "Undo", onClick: undo } });
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    void save({ onlyIf: base.etag });
  }

  return (
    <div className="grid gap-8 lg:grid-cols-2">
      <div className="min-w-0 space-y-8">
        <form onSubmit={submit} className="flex flex-col gap-5">
          <fieldset disabled={!manages} className="flex flex-col gap-5">
            <legend className="sr-only">What it says, in Liquid</legend>
            <Field label="Title" hint="Of the template, here in the console." error={failure?.fields.title}>
              <Input
                value={title ?? template.title}
                onChange={({ target: { value } }) =>
                  setWriting((before) => ({ ...before, title: value === template.title ? undefined : value }))
                }
                required
                maxLength={100}
                autoComplete="off"
              />
            </Field>
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
          {replaced === undefined && <FailureNote failure={failure} />}
          {other && (
            <div className="flex flex-wrap items-center gap-3 text-sm" role="status">
              <p>Version {other.version} was saved meanwhile. What you wrote is still here, not saved.</p>
              <Button size="sm" onClick={() => setWriting((before) => withWordsOf(before, other))}>
                Take version {other.version} instead
              </Button>
            </div>
          )}
          {unsavedWords.others(place, writing).map((version) => (
            <p key={version} className="text-sm">
              What you wrote from version {version} is kept, not saved.{" "}
              <Link href={`${place}?version=${version}`} className="text-accent underline underline-offset-4">
                Go on with it
              </Link>
            </p>
          ))}
          {manages && (
            <div className="flex flex-wrap gap-3">
              <Button type="submit" disabled={busy || !call || !isChanged || Object.keys(faults).length > 0}>
                Save the draft
              </Button>
              {isChanged && (
                <Button variant="ghost" disabled={busy} onClick={discard}>
                  Discard what is not saved
                </Button>
              )}
            </div>
          )}
        </form>
        <div className="border-line border-t pt-5">
          <SendTest words={words} label="Send a test mail to" />
        </div>
      </div>
      <Preview query={preview} />
      <ConfirmDialog
        open={replaced !== undefined}
        onOpenChange={(open) => !open && forget()}
        title="Replace the draft?"
        confirm="Replace it"
        onConfirm={() => void save({})}
      >
        <p>{replaced}. What it says is lost if you save over it.</p>
      </ConfirmDialog>
    </div>
  );
}
