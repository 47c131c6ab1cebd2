"use client";

import Link from "next/link";
import { useConsole } from "../console-context.ts";
import { IdText } from "../id-text.tsx";
import type { Answers } from "../trpc.ts";
import { KeyText } from "./key-text.tsx";

export type ApiRequest = Answers["requests"]["list"]["data"][number];

/** One call, with the ways on from it. */
export function RequestDetail({ of }: { of: ApiRequest }) {
  const { base } = useConsole();
  const { at, transport, status, code, ms, credential, keyId, key, userId, personId, requestId, ip, operation } = of;
  const ids: [string, string | undefined][] = [
    ["Request", requestId],
    ["User", userId],
    ["Key", keyId],
    ["Operator", personId],
  ];
  return (
    <div className="flex flex-col gap-5 p-4 text-sm">
      <dl className="grid grid-cols-[max-content_1fr] gap-x-6 gap-y-1.5">
        <dt className="text-muted">When</dt>
        <dd>{new Date(at).toLocaleString()}</dd>
        <dt className="text-muted">By</dt>
        <dd>{transport}</dd>
        <dt className="text-muted">Outcome</dt>
        <dd>
          {status}{" "}
          {code === "ok" ? (
            "ok"
          ) : (
            <a href={`/docs/errors/${code}`} className="text-accent underline underline-offset-4">
              {code}
            </a>
          )}
        </dd>
        <dt className="text-muted">Took</dt>
        <dd>{ms} ms</dd>
        <dt className="text-muted">Credential</dt>
        <dd className="min-w-0 break-words">
          {credential} {key && keyId !== undefined && <KeyText keyId={keyId} of={key} />}
        </dd>
        <dt className="text-muted">From</dt>
        <dd>{ip ?? "its connection"}</dd>
        {ids
          .filter((pair): pair is [string, string] => pair[1] !== undefined)
          .map(([name, id]) => (
            <div key={name} className="contents">
              <dt className="text-muted">{name}</dt>
              <dd className="min-w-0">
                <IdText id={id} what={`the ${name.toLowerCase()}'s id`} />
              </dd>
            </div>
          ))}
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
