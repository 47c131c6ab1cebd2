"use client";

import { useState } from "react";
import { fromDemoFile } from "../site/snippets.ts";
import { useOrigin } from "../site/use-origin.ts";
import { Code } from "../ui/code.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { keepCookie } from "../ui/keep-cookie.ts";
import { NativeSelect } from "../ui/native-select.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { fillIn } from "./fill-in.ts";
import { LANGUAGE_COOKIE } from "./language.ts";
import type { Program } from "./library.ts";

export interface ReaderTenant {
  tenantId: string;
  name: string;
  /** Names of its keys; a key itself is never shown. */
  keyNames: string[];
}

/** Who reads: somebody who is signed in to the console, a visitor of an installation with a demo, or anybody. */
export type Reader =
  | { kind: "operator"; tenants: ReaderTenant[] }
  | { kind: "demo"; demoFile: string }
  | { kind: "stranger" };

export interface ProgramsProps {
  guide: string;
  programs: Program[];
  output: string;
  language: string | undefined;
  reader: Reader;
}

/** A guide's program in four languages, for whoever reads it. */
export function Programs({ guide, programs, output, language, reader }: ProgramsProps) {
  const url = useOrigin();
  const tenants = reader.kind === "operator" ? reader.tenants : [];
  const [chosen, choose] = useState(tenants[0]?.tenantId);
  const tenantId = chosen ?? (reader.kind === "demo" ? "demo" : "your-tenant");
  const tabs = programs.map(({ language, label, note, source }) => {
    const filled = fillIn(source, { url, tenantId });
    return {
      id: language,
      label,
      content: (
        <>
          <p className="border-line border-b px-4 py-3 text-muted text-sm">{note}</p>
          <Code shown={filled} copied={filled} what={`the ${label} program`} />
        </>
      ),
    };
  });
  return (
    <div className="my-6 overflow-hidden rounded-2xl border border-line bg-sunken" data-guide={guide}>
      <div className="border-line border-b bg-surface px-4 py-3">
        {tenants.length > 1 && (
          <NativeSelect
            label="Tenant of the programs"
            value={tenantId}
            options={tenants.map((tenant) => ({ value: tenant.tenantId, label: tenant.name }))}
            onChange={choose}
            className="mb-3"
          />
        )}
        <KeySetting reader={reader} tenant={tenants.find((tenant) => tenant.tenantId === tenantId)} />
      </div>
      <Tabs
        label="The program"
        tabs={tabs}
        initial={language}
        onChoose={(chosen) => keepCookie(LANGUAGE_COOKIE, chosen)}
      />
      <div className="border-line border-t bg-surface px-4 py-3">
        <p className="text-muted text-sm">It prints:</p>
        <pre className="mt-2 overflow-x-auto whitespace-pre-wrap font-mono text-[0.8125rem] leading-6">{output}</pre>
      </div>
    </div>
  );
}

const ownKey = "export PARLEY_API_KEY=your-key";

/** What has to be set before: a key, which stands in no page. */
function KeySetting({ reader, tenant }: { reader: Reader; tenant: ReaderTenant | undefined }) {
  const command =
    reader.kind === "demo" ? `export PARLEY_API_KEY=$(${fromDemoFile(reader.demoFile, "apiKey")})` : ownKey;
  return (
    <>
      <p className="text-muted text-sm">
        First, in your terminal: a key.{" "}
        {reader.kind === "demo" && "The demo's is in the folder that you started Parley from."}
        {reader.kind === "stranger" && "Whoever runs your tenant has it."}
        {tenant && (
          <>
            {tenant.name} has {listed(tenant.keyNames)}; a key is shown once, when it is made or replaced, under{" "}
            <a href={`/t/${encodeURIComponent(tenant.tenantId)}/keys`} className="text-accent underline">
              API keys
            </a>
            .
          </>
        )}
      </p>
      <p className="mt-2 flex items-center gap-2">
        <code className="min-w-0 flex-1 break-words font-mono text-[0.8125rem]">{command}</code>
        <CopyButton text={command} what="the line that sets the key" />
      </p>
    </>
  );
}

function listed(names: string[]): string {
  if (names.length === 0) return "a primary and a secondary key";
  const shown = names.slice(0, 4).join(", ");
  return names.length > 4 ? `the keys ${shown} and ${names.length - 4} more` : `the keys ${shown}`;
}
