"use client";

import { useState } from "react";
import { Button, buttonClass } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { useAct } from "../act.tsx";
import { FailureNote } from "../failure-note.tsx";
import { type Answers, useTRPCClient } from "../trpc.ts";

/** The hosted chat as the person sees it, for a quarter of an hour; and the token, for a try of one's own. */
export function ActAsButton({ userId, name }: { userId: string; name: string }) {
  const client = useTRPCClient();
  const { run, busy, failure, forget } = useAct();
  const [granted, setGranted] = useState<Answers["users"]["actAs"]>();
  const ask = async () => setGranted(await run(() => client.users.actAs.mutate({ userId })));
  return (
    <>
      <Button disabled={busy} onClick={() => void ask()}>
        <span className="max-w-56 truncate">Act as {name}…</span>
      </Button>
      <FailureNote failure={failure} onRetry={forget} className="basis-full" />
      <Dialog
        open={granted !== undefined}
        onOpenChange={(open) => !open && setGranted(undefined)}
        title={`As ${name}, until ${granted ? new Date(granted.expiresAt).toLocaleTimeString() : ""}`}
        description="The audit log says that you took this token. Whatever you do with it, the person has done."
      >
        <div className="flex flex-col gap-5">
          <div>
            <a href={granted?.url} target="_blank" rel="noreferrer" className={buttonClass({ variant: "primary" })}>
              <span className="max-w-72 truncate">Open the hosted chat as {name}</span>
            </a>
          </div>
          <div>
            <p className="mb-1 font-medium text-sm">Token for tests</p>
            <p className="mb-2 text-muted text-sm">Send it as Authorization: Bearer. It is not shown again.</p>
            <p className="flex items-start gap-2">
              <code className="line-clamp-3 break-all rounded-lg bg-sunken p-2 font-mono text-xs">
                {granted?.token}
              </code>
              <CopyButton text={granted?.token ?? ""} what="token" />
            </p>
          </div>
        </div>
      </Dialog>
    </>
  );
}
