"use client";

import Link from "next/link";
import { useConsole } from "../console-context.ts";
import { Fact, IdFacts } from "../facts.tsx";
import type { Answers } from "../trpc.ts";
import { KeyText } from "./key-text.tsx";

export type ApiRequest = Answers["requests"]["list"]["data"][number];

/** One call, with the ways on from it. */
export function RequestDetail({ of }: { of: ApiRequest }) {
  const { base } = useConsole();
  const { at, transport, status, code, ms, credential, keyId, key, userId, personId, requestId, ip, operation } = of;
  return (
    <div className="flex flex-col gap-5 p-4 text-sm">
      <dl className="grid grid-cols-[max-content_1fr] gap-x-6 gap-y-1.5">
        <Fact name="When">{new Date(at).toLocaleString()}</Fact>
        <Fact name="By">{transport}</Fact>
        <Fact name="Outcome">
          {status}{" "}
          {code === "ok" ? (
            "ok"
          ) : (
            <a href={`/docs/errors/${code}`} className="text-accent underline underline-offset-4">
              {code}
            </a>
          )}
        </Fact>
        <Fact name="Took">{ms} ms</Fact>
        <Fact name="Credential" className="min-w-0 break-words">
          {credential} {key && keyId !== undefined && <KeyText keyId={keyId} of={key} />}
        </Fact>
        <Fact name="From">{ip ?? "its connection"}</Fact>
        <IdFacts ids={{ Request: requestId, User: userId, Key: keyId, Operator: personId }} />
      </dl>
      {keyId !== undefined && (
        <p>
          <Link href={`${base}/requests?keyId=${keyId}`} className="text-accent underline underline-offset-4">
            All calls of this key
          </Link>
        </p>
      )}
      <p>
        <Link
          href={`${base}/playground?operation=${encodeURIComponent(operation)}`}
          className="text-accent underline underline-offset-4"
        >
          Call {operation} in the playground
        </Link>
      </p>
    </div>
  );
}
