"use client";

import { useRouter } from "next/navigation";
import { parseAsString, useQueryState } from "nuqs";
import { type FormEvent, useState } from "react";
import { newKey } from "../../../client/new-key.ts";
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
import { SendTest } from "./send-test.tsx";
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
  const { base, manages, tenantName } = useConsole();
  const router = useRouter();
  const client = useTRPCClient();
  const toast = useToast();
  const { run, busy, failure } = useAct();
  const [asks, setAsks] = useState(false);
  // The same draft once, however often it is pressed: also after an answer that was lost, or while the next page comes.
  const [userId] = useQueryState("userId", parseAsString.withDefault(""));
  const [{ draft, idempotencyKey }, setDraft] = useState(() => keyed({ ...emptyDraft, target: userId }));
  const set = (change: Partial<Draft>) => setDraft((before) => keyed({ ...before.draft, ...change }));
  const words = wordsOf(draft);
  const preview = usePreview(words);
  const fields = { draft, set, errors: failure?.fields ?? {} };
  const unreadable = words === undefined || readObject(draft.metadata) === undefined;

  function submit(event: FormEvent) {
    event.preventDefault();
    // A press of Enter in any box sends, and what everybody has got nobody takes back.
    if (draft.audience === "everyone") setAsks(true);
    else void send();
  }

  async function send() {
    const sent = await run(() => sendDraft(client, draft, idempotencyKey));
    if (!sent) return;
    toast({ title: draft.at ? "It is scheduled" : "It is sent" });
    router.push(`${base}/notifications/${sent.kind === "one" ? "" : "batches/"}${sent.id}`);
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
            <div>
              <Button type="submit" variant="primary" disabled={busy || !manages || unreadable}>
                {draft.at ? "Schedule" : "Send"}
              </Button>
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
        title={draft.at ? "Schedule it for everyone?" : "Send it to everyone?"}
        confirm={draft.at ? "Schedule for everyone" : "Send to everyone"}
        variant="primary"
        onConfirm={() => void send()}
      >
        <p>Every user that {tenantName} knows gets it. Whoever has got it keeps it.</p>
      </ConfirmDialog>
    </>
  );
}

function keyed(draft: Draft) {
  return { draft, idempotencyKey: newKey() };
}
