"use client";

import { Tabs } from "../../ui/tabs.tsx";
import { Fact } from "../facts.tsx";
import { MailFrame, type MailTheme } from "../mail-frame.tsx";
import type { Answers } from "../trpc.ts";

const preClass = "overflow-x-auto whitespace-pre-wrap break-words p-4 font-mono text-xs leading-6";

/** One mail: as a light and a dark program for mail show it, its text, its headers, and as it goes over the wire. */
export function OpenedMail({ mail }: { mail: Answers["mail"]["getCaught"] }) {
  const { subject, html, text, headers, source } = mail;
  const frame = (theme: MailTheme) => (
    <div className="p-3">
      <MailFrame html={html} theme={theme} title={`HTML of ${subject}, ${theme}`} />
    </div>
  );
  return (
    <article className="min-w-0">
      <h2 className="mb-3 break-words font-semibold text-lg">{subject}</h2>
      <div className="rounded-xl border border-line bg-surface">
        <Tabs
          label="Parts of the mail"
          tabs={[
            { id: "light", label: "Light", content: frame("light") },
            { id: "dark", label: "Dark", content: frame("dark") },
            { id: "text", label: "Text", content: <pre className={preClass}>{text}</pre> },
            {
              id: "headers",
              label: "Headers",
              content: (
                <dl className="grid gap-x-4 gap-y-1 p-4 text-sm sm:grid-cols-[12rem_minmax(0,1fr)]">
                  {headers.map(({ name, value }) => (
                    <Fact key={`${name}: ${value}`} name={name} className="break-all font-mono text-xs leading-6">
                      {value}
                    </Fact>
                  ))}
                </dl>
              ),
            },
            ...(source === undefined
              ? []
              : [{ id: "source", label: "Source", content: <pre className={preClass}>{source}</pre> }]),
          ]}
        />
      </div>
    </article>
  );
}
