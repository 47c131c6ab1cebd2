"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { FailureNote } from "../failure-note.tsx";
import { useTRPCClient } from "../trpc.ts";
import type { Template } from "./template-page.tsx";
import { unsavedWords } from "./unsaved-words.ts";

export interface TemplateActsProps {
  template: Template;
  /** While its draft is being saved: it would be published with the words of before. */
  barred: boolean;
}

/** Publishes the version that is open, takes the published one back, deletes them all. */
export function TemplateActs({ template, barred }: TemplateActsProps) {
  const { base, manages } = useConsole();
  const router = useRouter();
  const client = useTRPCClient();
  const toast = useToast();
  const { run, once, busy, failure } = useAct();
  const [asks, setAsks] = useState(false);
  const { name, published, content } = template;
  if (!manages) return null;

  async function publish() {
    const { version } = content;
    const done = await once({ name, version }, (asked) => client.templates.publish.mutate(asked));
    if (done) toast({ title: `Version ${version} is published` });
  }

  async function rollBack() {
    const done = await once({ name }, (asked) => client.templates.rollBack.mutate(asked));
    if (done) toast({ title: `Version ${done.published} is published again` });
  }

  async function remove() {
    if (!(await run(() => client.templates.delete.mutate({ name }), { leaves: true }))) return;
    unsavedWords.forget(`${base}/templates/${encodeURIComponent(name)}`);
    toast({ title: `${template.title} is deleted` });
    router.push(`${base}/templates`);
  }

  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        <Button
          variant="primary"
          disabled={busy || barred || content.version === published}
          onClick={() => void publish()}
        >
          Publish version {content.version}
        </Button>
        {published !== undefined && (
          <Button disabled={busy} onClick={() => void rollBack()}>
            Roll back
          </Button>
        )}
        <Button variant="danger" disabled={busy} onClick={() => setAsks(true)}>
          Delete
        </Button>
      </div>
      <FailureNote failure={failure} />
      <ConfirmDialog
        open={asks}
        onOpenChange={setAsks}
        title={`Delete ${template.title}?`}
        confirm="Delete"
        onConfirm={() => void remove()}
      >
        <p>All its versions go. Sends that name it are refused from then on; what was sent stays.</p>
      </ConfirmDialog>
    </div>
  );
}
