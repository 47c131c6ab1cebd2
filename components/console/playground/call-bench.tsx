"use client";

import { type FormEvent, useState } from "react";
import type { ApiAnswer } from "../../docs/api-call.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Code } from "../../ui/code.tsx";
import { Field, Textarea } from "../../ui/field.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { FailureNote } from "../failure-note.tsx";
import { Answer } from "./answer.tsx";
import { CallFields, readJson } from "./call-fields.tsx";
import { type Caller, CallerChoice } from "./caller-choice.tsx";
import {
  astrayField,
  type Credential,
  type PlaygroundCall,
  toCurl,
  toHttp,
  toTypeScript,
  type Values,
} from "./calls.ts";
import { useCaller } from "./use-caller.ts";

/** One operation: as whom, with what, what came back, and the same in code. */
export function CallBench({ call }: { call: PlaygroundCall }) {
  const { tenantId, manages } = useConsole();
  const { run, busy, failure } = useAct();
  const make = useCaller();
  const [caller, setCaller] = useState<Caller>({ kind: manages ? "user" : "key", userId: "", apiKey: "", actAs: "" });
  const [values, setValues] = useState<Values>({});
  const [answer, setAnswer] = useState<ApiAnswer>();
  const http = toHttp(call, values, tenantId);
  const astray = astrayField(call, values);
  const credential: Credential =
    caller.kind === "user" ? { kind: "user", userId: caller.userId } : { kind: "key", actAs: caller.actAs };
  const origin = typeof window === "undefined" ? "" : window.location.origin;
  const code = { curl: toCurl(http, credential, origin), typescript: toTypeScript(http, credential, origin) };

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    // Else the call would carry what was there before it.
    const unreadable = event.currentTarget.querySelector<HTMLElement>("[data-unreadable]");
    if (unreadable) return unreadable.focus();
    setAnswer(await run(() => make(http, caller)));
  }

  return (
    <div className="grid items-start gap-6 lg:grid-cols-2">
      <form onSubmit={submit} className="flex flex-col gap-6 rounded-xl border border-line bg-surface p-4 sm:p-6">
        <div>
          <p className="flex flex-wrap items-center gap-2">
            <Badge tone="accent">{call.method}</Badge>
            <code className="break-all font-mono text-xs">{call.path}</code>
          </p>
          <p className="mt-2 text-sm leading-6">{call.summary}</p>
        </div>
        <CallerChoice caller={caller} onChange={setCaller} />
        <Tabs
          label="What it takes"
          tabs={[
            {
              id: "form",
              label: "Form",
              content: (
                <div className="pt-4">
                  <CallFields fields={call.fields} values={values} onChange={setValues} />
                </div>
              ),
            },
            { id: "json", label: "JSON", content: <AsJson values={values} onChange={setValues} /> },
          ]}
        />
        <div>
          <Button type="submit" variant="primary" disabled={busy || astray !== undefined}>
            Call
          </Button>
        </div>
        {astray && (
          <p className="text-muted text-sm">
            {String(values[astray])} leads to another address: choose another {astray}.
          </p>
        )}
        <FailureNote failure={failure} />
      </form>
      <div className="flex min-w-0 flex-col gap-6">
        <Answer of={answer} />
        <section aria-label="The same in code" className="overflow-hidden rounded-xl border border-line bg-surface">
          <Tabs
            label="The same in code"
            tabs={[
              {
                id: "curl",
                label: "curl",
                content: <Code shown={code.curl} copied={code.curl} what="the curl command" />,
              },
              {
                id: "typescript",
                label: "TypeScript",
                content: <Code shown={code.typescript} copied={code.typescript} what="the TypeScript" />,
              },
            ]}
          />
        </section>
      </div>
    </div>
  );
}

/** All fields at once; taken over whenever it is an object. */
function AsJson({ values, onChange }: { values: Values; onChange: (values: Values) => void }) {
  const [text, setText] = useState(() => JSON.stringify(values, null, 2));
  const { value, fault } = readJson(text);
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const wrong = fault ?? (isObject ? undefined : "It must be an object.");
  return (
    <div className="pt-4">
      <Field label="Fields of path, query and body" error={wrong}>
        <Textarea
          value={text}
          data-unreadable={wrong}
          spellCheck={false}
          onChange={(event) => {
            setText(event.target.value);
            const now = readJson(event.target.value).value;
            if (typeof now === "object" && now !== null && !Array.isArray(now)) onChange(now as Values);
          }}
          className="min-h-40 font-mono text-xs"
        />
      </Field>
    </div>
  );
}
