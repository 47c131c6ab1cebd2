"use client";

import { useRouter } from "next/navigation";
import { parseAsString, useQueryState } from "nuqs";
import { type FormEvent, useMemo, useState, useSyncExternalStore } from "react";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { FailureNote } from "../failure-note.tsx";
import { readObject } from "../json-field.tsx";
import { PageHeader } from "../page-header.tsx";
import { useTRPCClient } from "../trpc.ts";
import { AudienceFields } from "./audience-fields.tsx";
import { type Draft, emptyDraft, sendDraft, wordsOf } from "./draft.ts";
import { Preview, usePreview } from "./preview.tsx";
import { findReach, questionOf, type SendQuestion } from "./reach.ts";
import { SendTest } from "./send-test.tsx";
import { type KeyedDraft, keyed, unsentDrafts } from "./unsent-drafts.ts";
import { WhenFields } from "./when-fields.tsx";
import { WordFields } from "./word-fields.tsx";

/** Part of the composer: what it shows, how it changes it, and what the service found wrong with it. */
export interface DraftFieldsProps {
  draft: Draft;
  set: (change: Partial<Draft>) => void;
  errors: Record<string, string>;
}

/** Writes a notification: to whom, what, when; beside it how it will look. */
export function ComposePage() {
  const { base, manages } = useConsole();
  const router = useRouter();
  const client = useTRPCClient();
  const toast = useToast();
  const { run, busy, failure, forget } = useAct();
  // What is asked is about a draft, and sends that one.
  const [question, setQuestion] = useState<SendQuestion & { of: KeyedDraft }>();
  const [asks, setAsks] = useState(false);
  const [userId] = useQueryState("userId", parseAsString.withDefault(""));
  // What is written to somebody from their page is a draft of its own.
  const place = `${base}?userId=${userId}`;
  const empty = useMemo(() => keyed({ ...emptyDraft, target: userId }), [userId]);
  const kept = useSyncExternalStore(
    unsentDrafts.listen,
    () => unsentDrafts.find(place),
    () => undefined,
  );
  const current = kept ?? empty;
  const { draft } = current;
  const set = (change: Partial<Draft>) => unsentDrafts.change(place, empty.draft, change);
  const words = wordsOf(draft);
  const preview = usePreview(words);
  const fields = { draft, set, errors: failure?.fields ?? {} };
  const unreadable = words === undefined || readObject(draft.metadata) === undefined;

  function submit(event: FormEvent) {
    event.preventDefault();
    // A press of Enter in any box sends, and what many have got nobody takes back.
    if (draft.audience === "user") void send(current);
    else void ask();
  }

  async function ask() {
    const reach = await run(() => findReach(client, draft));
    if (!reach) return;
    setQuestion({ ...questionOf(draft, reach), of: current });
    setAsks(true);
  }

  async function send(of: KeyedDraft) {
    const sent = await run(() => sendDraft(client, of));
    if (!sent) return;
    unsentDrafts.sent(place, of);
    toast({ title: of.draft.at ? "It is scheduled" : "It is sent" });
    router.push(`${base}/notifications/${sent.kind === "one" ? "" : "batches/"}${sent.id}`);
  }

  function discard() {
    unsentDrafts.put(place, undefined);
    forget();
    // Unless something was written since.
    const undo = () => unsentDrafts.find(place) ?? unsentDrafts.put(place, current);
    toast({ title: "What you wrote is gone", action: { label: "Undo", onClick: undo } });
  }

  return (
    <>
      <PageHeader title="Send a notification" lead="Into the inbox, and by mail where that is asked for or wanted." />
      <div className="grid gap-8 lg:grid-cols-2">
        <div className="min-w-0 space-y-8">
          <form onSubmit={submit} className="flex flex-col gap-5">
            <AudienceFields {...fields} />
            <WordFields {...fields} uses={preview.data?.uses ?? []} />
            <WhenFields at={draft.at} zone={draft.zone} set={set} errors={fields.errors} />
            <FailureNote failure={failure} />
            <div className="flex flex-wrap gap-3">
              <Button type="submit" variant="primary" disabled={busy || !manages || unreadable}>
                {draft.at ? "Schedule" : "Send"}
              </Button>
              {kept && (
                <Button variant="ghost" disabled={busy} onClick={discard}>
                  Discard
                </Button>
              )}
            </div>
          </form>
          <div className="border-line border-t pt-5">
            <SendTest words={words} label="Send a test mail to" />
          </div>
        </div>
        <Preview query={preview} />
      </div>
      <ConfirmDialog
        open={asks}
        onOpenChange={setAsks}
        title={question?.title ?? ""}
        confirm={question?.confirm ?? ""}
        variant="primary"
        onConfirm={() => question && void send(question.of)}
      >
        <p>{question?.consequence}</p>
      </ConfirmDialog>
    </>
  );
}
