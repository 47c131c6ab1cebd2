"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from "react";
import type { ToastOptions } from "../ui/toast.tsx";
import { useKeptFocus } from "../ui/use-kept-focus.ts";
import { useConsole } from "./console-context.ts";
import { OnceKeys } from "./once-keys.ts";
import { type Failure, failureOf, refusalOf } from "./problem.ts";
import { Question } from "./question.ts";
import { ReauthenticateDialog } from "./reauthenticate-dialog.tsx";
import { useTRPCClient } from "./trpc.ts";

/** Asks who is there; true when it was answered. */
const AskContext = createContext<() => Promise<boolean>>(async () => false);

/** Around pages whose calls may ask for the password again. */
export function ReauthenticateProvider({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const [question] = useState(() => new Question());
  const ask = useCallback(() => {
    setOpen(true);
    return question.ask();
  }, [question]);
  const close = (answered: boolean) => {
    setOpen(false);
    question.settle(answered);
  };
  return (
    <AskContext value={ask}>
      {children}
      {open && <AskDialog onDone={close} />}
    </AskContext>
  );
}

function AskDialog({ onDone }: { onDone: (answered: boolean) => void }) {
  const { account, provider } = useConsole();
  const client = useTRPCClient();
  return (
    <ReauthenticateDialog
      hasPassword={account.hasPassword}
      twoFactor={account.twoFactor}
      provider={provider}
      onDone={onDone}
      send={(given) =>
        client.account.reauthenticate.mutate(given).then(
          () => undefined,
          (error) => failureOf(error).text,
        )
      }
    />
  );
}

/** One thing that somebody does: whether it runs, what went wrong, and `run`, which asks for the password where that is needed. */
export function useAct() {
  const ask = useContext(AskContext);
  const queries = useQueryClient();
  const router = useRouter();
  const [failure, setFailure] = useState<Failure>();
  const [busy, setBusy] = useState(false);
  const keepFocus = useKeptFocus(busy);
  const said = useRef<Failure>(undefined);
  const [keys] = useState(() => new OnceKeys());

  /**
   * Undefined when it failed or was given up. What pages show is asked anew afterwards.
   * @param more `leaves` where the page goes once it is done, because what it shows is gone: nobody is asked for that again.
   */
  async function run<T>(call: () => Promise<T>, more: { leaves?: boolean } = {}): Promise<T | undefined> {
    keepFocus();
    setBusy(true);
    setFailure(undefined);
    said.current = undefined;
    let done: T | undefined;
    try {
      done = await call().catch(async (error) => {
        if (failureOf(error).code !== "reauthentication_required") throw error;
        return (await ask()) ? await call() : undefined;
      });
    } catch (error) {
      said.current = failureOf(error);
      setFailure(said.current);
      // The page offers what its role may, which is another by now.
      if (said.current.code === "forbidden") router.refresh();
    }
    setBusy(false);
    void queries.invalidateQueries({ refetchType: more.leaves && done ? "none" : "active" });
    return done;
  }

  /** The same of what must not happen twice, however often it is pressed until it is done. */
  async function once<Asked extends object, T>(
    asked: Asked,
    call: (asked: Asked & { idempotencyKey: string }) => Promise<T>,
  ): Promise<T | undefined> {
    const done = await run(() => call({ ...asked, idempotencyKey: keys.of(asked) }));
    if (done !== undefined) keys.done();
    return done;
  }

  /**
   * For a toast: that it came to nothing, and why.
   * @param unknown said instead where nobody knows whether it was done
   */
  function refusal(title: string, unknown = "It is not known whether that was done"): ToastOptions {
    return refusalOf(said.current, title, unknown);
  }

  return { run, once, busy, failure, refusal, forget: () => setFailure(undefined) };
}
