"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { HtmlContent } from "../../inbox/html-content.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Status } from "../../ui/status.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { FailureNote } from "../failure-note.tsx";
import { MailFrame } from "../mail-frame.tsx";
import { failureOf } from "../problem.ts";
import { type Answers, type Inputs, useTRPCClient } from "../trpc.ts";
import { useDebounced } from "../use-debounced.ts";

export type PreviewInput = Exclude<Inputs["notifications"]["preview"], void>;
type Shown = Answers["notifications"]["preview"];

/** What will be seen of it, rendered by what renders it when it is sent, while somebody writes. */
export function usePreview(words: PreviewInput | undefined) {
  const client = useTRPCClient();
  const asked = useDebounced(JSON.stringify(words));
  return useQuery({
    queryKey: ["preview", asked],
    queryFn: ({ signal }) => client.notifications.preview.mutate(JSON.parse(asked ?? "{}"), { signal }),
    enabled: asked !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
}

/** In the inbox, as a mail in both themes, as text. */
export function Preview({ query }: { query: ReturnType<typeof usePreview> }) {
  const shown = query.data;
  return (
    <section aria-label="Preview" className="min-w-0 lg:sticky lg:top-16 lg:self-start">
      <h2 className="mb-2 font-medium text-sm">Preview</h2>
      {query.error && <FailureNote failure={failureOf(query.error)} className="mb-3" />}
      {shown && Object.keys(shown.faults).length > 0 && (
        <p className="text-muted text-sm">It shows again once the template can be read.</p>
      )}
      {shown && Object.keys(shown.faults).length === 0 && (
        <>
          <Missing names={shown.missing} />
          <div className="rounded-xl border border-line bg-surface">
            <Tabs label="Preview" tabs={tabsOf(shown)} />
          </div>
        </>
      )}
    </section>
  );
}

function tabsOf({ mail, ...shown }: Shown) {
  const frame = (theme: "light" | "dark") => (
    <div className="p-3">
      <MailFrame html={mail.html} theme={theme} title={`The mail, ${theme}`} />
    </div>
  );
  return [
    { id: "inbox", label: "Inbox", content: <InInbox of={shown} /> },
    { id: "light", label: "Mail, light", content: frame("light") },
    { id: "dark", label: "Mail, dark", content: frame("dark") },
    {
      id: "text",
      label: "Text",
      content: <pre className="whitespace-pre-wrap break-words p-4 font-mono text-xs leading-6">{mail.text}</pre>,
    },
  ];
}

function InInbox({ of: { subject, message, htmlContent, priority } }: { of: Omit<Shown, "mail"> }) {
  return (
    <div className="flex items-start gap-3 p-4">
      <span aria-hidden className="mt-1.5 size-2 shrink-0 rounded-full bg-accent" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 break-words font-medium text-sm">
          {subject || <span className="text-muted">No subject yet</span>}
          {priority !== "Normal" && <Badge tone={priority === "Low" ? "plain" : "warn"}>{priority}</Badge>}
        </p>
        <p className="mt-0.5 whitespace-pre-wrap break-words text-muted text-sm leading-6">
          {message || "No message yet"}
        </p>
        {htmlContent && (
          <div className="mt-3">
            <HtmlContent key={htmlContent} html={htmlContent} title="Opened in the inbox" />
          </div>
        )}
      </div>
    </div>
  );
}

function Missing({ names }: { names: readonly string[] }) {
  return (
    <Status className="mb-3 text-sm text-warn">
      {names.length > 0 && "Without a value: "}
      {names.map((name) => (
        <code key={name} className="mr-2 font-mono text-xs underline decoration-wavy underline-offset-4">
          {name}
        </code>
      ))}
    </Status>
  );
}
