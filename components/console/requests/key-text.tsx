import Link from "next/link";
import { useConsole } from "../console-context.ts";
import { endOfHint } from "../keys/end-of-hint.ts";
import type { ApiRequest } from "./request-detail.tsx";

/** A key as the page of the keys has it, with the way there; the end of its id where it is gone, or not to be seen by who looks. */
export function KeyText({ keyId, of }: { keyId: string; of: ApiRequest["key"] }) {
  const { base } = useConsole();
  if (!of) return <>key …{keyId.slice(-6)}</>;
  return (
    <Link href={`${base}/keys?open=${keyId}`} className="text-accent underline underline-offset-4">
      {of.name} <code className="font-mono text-muted text-xs">{endOfHint(of.hint)}</code>
    </Link>
  );
}
