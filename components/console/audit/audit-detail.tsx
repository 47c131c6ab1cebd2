"use client";

import Link from "next/link";
import { Code } from "../../ui/code.tsx";
import { useConsole } from "../console-context.ts";
import { Fact } from "../facts.tsx";
import { IdText } from "../id-text.tsx";
import type { Answers } from "../trpc.ts";

export type AuditEntry = Answers["audit"]["list"]["data"][number];

/** One entry: who, when, from where, what was asked, what was there before and after. */
export function AuditDetail({ entry }: { entry: AuditEntry }) {
  const { base } = useConsole();
  const { at, actor, ip, target, input, before, after, outcome, requestId } = entry;
  const parts: [string, unknown][] = [
    ["Asked for", input],
    ["Before", before],
    ["After", after],
  ];
  return (
    <div className="flex flex-col gap-5 p-4 text-sm">
      <dl className="grid grid-cols-[max-content_1fr] gap-x-6 gap-y-1.5">
        <Fact name="When">{new Date(at).toLocaleString()}</Fact>
        <Fact name="Who" className="break-all">
          {actor.kind} {actor.name ?? actor.id}
        </Fact>
        <Fact name="From">{ip ?? "unknown"}</Fact>
        {target && (
          <Fact name="To what" className="break-all">
            {target}
          </Fact>
        )}
        <Fact name="Outcome">{outcome}</Fact>
        <Fact name="Request" className="min-w-0">
          <IdText id={requestId} what="the request's id" />{" "}
          <Link
            href={`${base}/requests?requestId=${encodeURIComponent(requestId)}`}
            className="text-accent underline underline-offset-4"
          >
            in the request log
          </Link>
        </Fact>
      </dl>
      {parts
        .filter(([, value]) => value !== undefined && JSON.stringify(value) !== "{}")
        .map(([name, value]) => (
          <section key={name} aria-label={name}>
            <h3 className="mb-1.5 font-medium">{name}</h3>
            <div className="overflow-hidden rounded-lg border border-line bg-sunken">
              <Code shown={pretty(value)} copied={pretty(value)} what={name.toLowerCase()} />
            </div>
          </section>
        ))}
    </div>
  );
}

function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
