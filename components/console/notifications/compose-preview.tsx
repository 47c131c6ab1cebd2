"use client";

import { HtmlContent } from "../../inbox/html-content.tsx";
import { Badge } from "../../ui/badge.tsx";
import type { Draft } from "./draft.ts";

/** How it will look, while it is written: in the inbox, as HTML and as the text of a mail. */
export function ComposePreview({ draft }: { draft: Draft }) {
  const subject = draft.subject || "Subject";
  const message = draft.message || "Message";
  return (
    <section aria-label="Preview" className="space-y-6">
      <Part title="In the inbox">
        <div className="flex items-start gap-3 p-4">
          <span aria-hidden className="mt-1.5 size-2 shrink-0 rounded-full bg-accent" />
          <div className="min-w-0">
            <p className="flex flex-wrap items-center gap-2 break-words font-medium text-sm">
              {subject}
              {draft.priority !== "Normal" && (
                <Badge tone={draft.priority === "Low" ? "plain" : "warn"}>{draft.priority}</Badge>
              )}
            </p>
            <p className="mt-0.5 whitespace-pre-wrap break-words text-muted text-sm leading-6">{message}</p>
          </div>
        </div>
      </Part>
      {draft.html && (
        <Part title="As HTML">
          <div className="p-3">
            <HtmlContent html={draft.html} title="HTML of the notification" />
          </div>
        </Part>
      )}
      <Part title="As the text of a mail">
        <pre className="whitespace-pre-wrap break-words p-4 font-mono text-xs leading-6">
          {`Subject: ${subject}\n\n${message}`}
        </pre>
      </Part>
    </section>
  );
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <div>
      <h2 className="mb-2 font-medium text-muted text-xs">{title}</h2>
      <div className="rounded-xl border border-line bg-surface">{children}</div>
    </div>
  );
}
