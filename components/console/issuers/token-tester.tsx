"use client";

import { type FormEvent, useState } from "react";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Code } from "../../ui/code.tsx";
import { Field, Textarea } from "../../ui/field.tsx";
import { Status } from "../../ui/status.tsx";
import { useAct } from "../act.tsx";
import { Fact } from "../facts.tsx";
import { FailureNote } from "../failure-note.tsx";
import { type Answers, useTRPCClient } from "../trpc.ts";
import type { Issuer } from "./issuer-kinds.ts";

type Verdict = Answers["issuers"]["test"];

/** What each rule asks for, and what usually is the matter when a token fails it. */
const ruleTexts: Record<NonNullable<Verdict["rule"]>, string> = {
  form: "A token is three parts of base64url, joined by dots. Look whether it was cut or quoted on the way.",
  tenant: "The token's claim tenantId names another tenant.",
  expiry: "The token has no exp, or its time is over. Look at the clock of whoever signs.",
  "not-before": "The token is not good yet. Look at the clock of whoever signs.",
  "issued-at": "The token says that it was made in the future. Look at the clock of whoever signs.",
  algorithm: "No issuer of yours takes the algorithm that the token names.",
  issuer: "No issuer of yours has the token's iss.",
  audience: "The token is made for somebody else: its aud is not the one of the issuer.",
  keys: "The keys of the issuer cannot be fetched. Look at its address, and whether this service reaches it.",
  signature: "None of the keys of the issuers that fit has signed it.",
  user: "None of the claims in which the user may be is there.",
  revoked: "Tokens of this user, or of the tenant, were revoked after it was made.",
};

/** Paste a token: who it would be, or which rule refuses it. */
export function TokenTester({ issuers }: { issuers: readonly Issuer[] }) {
  const client = useTRPCClient();
  const { run, busy, failure } = useAct();
  const [verdict, setVerdict] = useState<Verdict>();

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const token = String(new FormData(event.currentTarget).get("token") ?? "").trim();
    setVerdict(await run(() => client.issuers.test.mutate({ token })));
  }

  return (
    <section aria-labelledby="tester" className="mt-8 rounded-xl border border-line bg-surface p-4 sm:p-6">
      <h2 id="tester" className="font-semibold text-lg tracking-tight">
        Try a token
      </h2>
      <p className="mt-1 max-w-2xl text-muted text-sm leading-6">
        It is checked as a call with it would be. It is neither stored nor logged, and no address that it names is
        called.
      </p>
      <form onSubmit={submit} className="mt-4 flex flex-col gap-3">
        <Field label="Token" error={failure?.fields.token}>
          <Textarea
            name="token"
            required
            spellCheck={false}
            autoComplete="off"
            placeholder="eyJ…"
            className="max-h-48 break-all font-mono text-xs"
          />
        </Field>
        <div>
          <Button type="submit" disabled={busy}>
            Try it
          </Button>
        </div>
        <FailureNote failure={failure} />
      </form>
      <Status>{verdict && <Told verdict={verdict} issuers={issuers} />}</Status>
    </section>
  );
}

function Told({ verdict, issuers }: { verdict: Verdict; issuers: readonly Issuer[] }) {
  const { ok, rule, detail, issuerId, userId, groups, admin, expiresAt, header, claims } = verdict;
  const issuer = issuers.find(({ id }) => id === issuerId);
  const rows: [string, string | undefined][] = [
    ["Issuer", issuer?.name],
    ["User", userId],
    ["Groups", groups && (groups.join(", ") || "none")],
    ["Admin rights", ok ? (admin ? "yes" : "no") : undefined],
    ["Good until", expiresAt && new Date(expiresAt).toLocaleString()],
  ];
  return (
    <div className="mt-5 flex flex-col gap-4">
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone={ok ? "good" : "bad"}>{ok ? "accepted" : `refused: ${rule ?? "unknown"}`}</Badge>
        {!ok && <span className="text-sm">{detail}</span>}
      </p>
      {rule && <p className="max-w-2xl text-muted text-sm leading-6">{ruleTexts[rule]}</p>}
      {ok && (
        <dl className="grid gap-x-6 gap-y-1 text-sm sm:grid-cols-[max-content_1fr]">
          {rows
            .filter(([, value]) => value !== undefined)
            .map(([name, value]) => (
              <Fact key={name} name={name} className="min-w-0 break-words">
                {value}
              </Fact>
            ))}
        </dl>
      )}
      {claims && (
        <div className="overflow-hidden rounded-lg border border-line bg-sunken">
          <p className="border-line border-b px-4 py-2 text-muted text-xs">
            As the token says{ok ? "" : "; nothing of it is proved"}
          </p>
          <Code {...both(JSON.stringify({ header, claims }, null, 2))} what="header and claims" />
        </div>
      )}
    </div>
  );
}

function both(text: string) {
  return { shown: text, copied: text };
}
