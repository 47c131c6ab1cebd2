"use client";

import { useEffect, useState } from "react";
import { isDotSegment } from "../../client/dot-segment.ts";
import type { Demo } from "../../client/types.ts";
import { loadDemo } from "../chat/load-demo.ts";
import { useOrigin } from "../site/use-origin.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Code } from "../ui/code.tsx";
import { Field, Input, Textarea } from "../ui/field.tsx";
import { NativeSelect } from "../ui/native-select.tsx";
import { type ApiAnswer, type ApiCall, asCurl, sendCall } from "./api-call.ts";

export interface TryItProps {
  method: string;
  path: string;
  parameters: { name: string; in: "path" | "query" | "header"; required: boolean }[];
  /** JSON to begin with; undefined for a call without a body. */
  body: string | undefined;
  /** The reader's tenant. */
  tenantId: string;
  /** Whether people to be are offered. */
  demo: boolean;
  /** Whether nothing but the session of the console says who calls. */
  session: boolean;
}

const credentials = [
  { value: "token", label: "A user's token" },
  { value: "key", label: "An API key" },
  { value: "none", label: "Nothing" },
] as const;

/** Sends a real call from this page, and shows the same one for a terminal. What is typed here goes to this service only. */
export function TryIt({ method, path, parameters, body: initialBody, tenantId, demo, session }: TryItProps) {
  const origin = useOrigin();
  const [kind, setKind] = useState<(typeof credentials)[number]["value"]>(session ? "none" : "token");
  const [secret, setSecret] = useState("");
  const [values, setValues] = useState<Record<string, string>>({ tenantId });
  const [body, setBody] = useState(initialBody);
  const [answer, setAnswer] = useState<ApiAnswer | string>();
  const [busy, setBusy] = useState(false);

  const call = callOf({ method, path, parameters, origin, values, body, kind, secret });
  const missing = parameters.filter(({ name, required }) => required && !values[name]).map(({ name }) => name);
  const unsendable = parameters.find(
    (parameter) => parameter.in === "path" && isDotSegment(values[parameter.name] ?? ""),
  );

  async function send() {
    setBusy(true);
    setAnswer(await sendCall(call).catch(() => "The service did not answer."));
    setBusy(false);
  }

  return (
    <div className="space-y-4 rounded-2xl border border-line bg-surface p-4">
      {session ? (
        <p className="text-muted text-sm">It is called with your session in the console, which a terminal has not.</p>
      ) : (
        <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
          <Field label="Call with">
            <NativeSelect label="Call with" value={kind} options={credentials} onChange={setKind} />
          </Field>
          {kind !== "none" && (
            <Field label={kind === "token" ? "Token" : "API key"}>
              <Input value={secret} onChange={(event) => setSecret(event.target.value)} autoComplete="off" />
            </Field>
          )}
        </div>
      )}
      {demo && kind === "token" && <People tenantId={values.tenantId ?? ""} onChoose={setSecret} />}
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
        {parameters.map(({ name, required }) => (
          <Field key={name} label={required ? `${name} (required)` : name}>
            <Input
              value={values[name] ?? ""}
              onChange={(event) => setValues({ ...values, [name]: event.target.value })}
              autoComplete="off"
            />
          </Field>
        ))}
      </div>
      {body !== undefined && (
        <Field label="Body">
          <Textarea
            value={body}
            rows={Math.min(14, body.split("\n").length + 1)}
            onChange={(event) => setBody(event.target.value)}
            spellCheck={false}
            className="h-auto font-mono text-[0.8125rem]"
          />
        </Field>
      )}
      <div className="flex flex-wrap items-center gap-3">
        <Button variant="primary" disabled={busy || missing.length > 0 || unsendable !== undefined} onClick={send}>
          Send
        </Button>
        {missing.length > 0 && <span className="text-muted text-sm">Still needed: {missing.join(", ")}</span>}
        {unsendable && (
          <span className="text-muted text-sm">
            {values[unsendable.name]} leads to another address: choose another {unsendable.name}.
          </span>
        )}
      </div>
      <div aria-live="polite">
        {typeof answer === "string" && <p className="text-bad text-sm">{answer}</p>}
        {typeof answer === "object" && <Answer answer={answer} />}
      </div>
      {!session && (
        <details>
          <summary className="cursor-pointer text-sm">The same with curl</summary>
          <div className="mt-2 rounded-xl border border-line bg-sunken">
            <Code
              shown={asCurl({ ...call, headers: hidden(call.headers) })}
              copied={asCurl(call)}
              what="the call with curl"
            />
          </div>
        </details>
      )}
    </div>
  );
}

function Answer({ answer }: { answer: ApiAnswer }) {
  return (
    <section aria-label="Answer">
      <p className="flex flex-wrap items-center gap-2 text-sm">
        <Badge tone={answer.status < 400 ? "good" : "bad"}>{answer.status}</Badge>
        <span className="text-muted">{answer.ms} ms</span>
        {answer.requestId && <span className="break-all text-muted text-xs">request {answer.requestId}</span>}
      </p>
      <div className="mt-2 max-h-96 overflow-auto rounded-xl border border-line bg-sunken">
        <Code shown={answer.text} copied={answer.text} what="the answer" />
      </div>
    </section>
  );
}

/** People of the demo: a click, and one calls as them. */
function People({ tenantId, onChoose }: { tenantId: string; onChoose: (token: string) => void }) {
  const [users, setUsers] = useState<Demo["users"]>([]);
  useEffect(() => {
    const aborter = new AbortController();
    loadDemo("demo", aborter.signal)
      .then((found) => setUsers(found?.users.slice(0, 4) ?? []))
      .catch(() => undefined); // without people a token can be pasted
    return () => aborter.abort();
  }, []);
  if (users.length === 0 || tenantId !== "demo") return null;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <span className="text-muted text-sm">Be</span>
      {users.map((user) => (
        <Button key={user.userId} size="sm" onClick={() => onChoose(user.token)}>
          {user.displayName}
        </Button>
      ))}
    </div>
  );
}

interface Parts extends Omit<TryItProps, "tenantId" | "demo" | "session"> {
  origin: string;
  values: Record<string, string>;
  kind: (typeof credentials)[number]["value"];
  secret: string;
}

function callOf({ method, path, parameters, origin, values, body, kind, secret }: Parts): ApiCall {
  const given = parameters.filter(({ name }) => values[name]);
  const query = new URLSearchParams(
    given.filter((parameter) => parameter.in === "query").map(({ name }) => [name, values[name] ?? ""]),
  ).toString();
  const address = path.replaceAll(
    /\{(\w+)\}/g,
    (place, name: string) => encodeURIComponent(values[name] ?? "") || place,
  );
  const named = given.filter((parameter) => parameter.in === "header").map(({ name }) => [name, values[name] ?? ""]);
  return {
    method,
    address: `${origin}${address}${query && `?${query}`}`,
    headers: {
      ...(secret && kind === "token" ? { Authorization: `Bearer ${secret}` } : {}),
      ...(secret && kind === "key" ? { "X-API-Key": secret } : {}),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...Object.fromEntries(named),
    },
    body,
  };
}

const shownOfSecret = 16;

/** Long secrets are shortened where they are shown. */
function hidden(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      value.length > 2 * shownOfSecret && name !== "Content-Type" ? `${value.slice(0, shownOfSecret)}…` : value,
    ]),
  );
}
