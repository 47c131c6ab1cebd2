"use client";

import { useState } from "react";
import { Status } from "../ui/status.tsx";
import { useKeptFocus } from "../ui/use-kept-focus.ts";
import { CallFault, callConsole } from "./call.ts";
import { ReauthenticateDialog } from "./reauthenticate-dialog.tsx";
import type { Account } from "./trpc.ts";

export interface Person extends Pick<Account, "hasPassword" | "twoFactor"> {
  /** What people call the provider that also signs them in, where there is one. */
  provider?: string | undefined;
}

/**
 * As `useAct`, where there is no tenant and so no queries to ask anew: runs what a form asks, and says what came of it. Where it was a while
 * since who it is was said, it asks for that and goes on.
 */
export function useAccountAct({ hasPassword, twoFactor, provider }: Person) {
  const [said, setSaid] = useState<string>();
  const [held, setHeld] = useState<{ work: () => Promise<string> }>();
  /** While it runs, what asks for it is to be barred: the same once more may fail by what the first has changed. */
  const [busy, setBusy] = useState(false);
  const keepFocus = useKeptFocus(busy || held !== undefined);
  const act = async (work: () => Promise<string>) => {
    keepFocus();
    setBusy(true);
    setSaid(undefined);
    try {
      setSaid(await work());
    } catch (error) {
      if (error instanceof CallFault && error.code === "reauthentication_required") setHeld({ work });
      else setSaid(wordsOf(error));
    }
    setBusy(false);
  };
  const outcome = (
    <>
      <Status className="text-sm leading-6">{said}</Status>
      {held && (
        <ReauthenticateDialog
          {...{ hasPassword, twoFactor, provider }}
          send={(given) => callConsole("account.reauthenticate", given).then(() => undefined, wordsOf)}
          onDone={(answered) => {
            setHeld(undefined);
            if (answered) void act(held.work);
          }}
        />
      )}
    </>
  );
  return { outcome, act, busy };
}

function wordsOf(error: unknown): string {
  if (!(error instanceof CallFault)) return "That did not work.";
  return Object.values(error.fields)[0]?.[0] ?? error.message;
}
