"use client";

import { formatDistanceToNowStrict } from "date-fns";

/** A time as people say it; the exact one on hover. */
export function When({ at }: { at: string | undefined }) {
  if (at === undefined) return <span className="text-muted">never</span>;
  return (
    <time dateTime={at} title={new Date(at).toLocaleString()} className="whitespace-nowrap">
      {formatDistanceToNowStrict(new Date(at), { addSuffix: true })}
    </time>
  );
}
