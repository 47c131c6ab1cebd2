"use client";

import { useQueryClient } from "@tanstack/react-query";
import { createContext, type FormEvent, type ReactNode, useCallback, useContext, useRef, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field, Input } from "../ui/field.tsx";
import { useConsole } from "./console-context.ts";
import { type Failure, failureOf } from "./problem.ts";
import { useTRPCClient } from "./trpc.ts";

/** Asks who is there; true when it was answered. */
const AskContext = createContext<() => Promise<boolean>>(async () => false);

/** Around pages whose calls may ask for the password again. */
export function ReauthenticateProvider({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const settle = useRef<(answered: boolean) => void>(() => {});
  const ask = useCallback(
    () =>
      new Promise<boolean>((resolve) => {
        settle.current = resolve;
        setOpen(true);
      }),
    [],
  );
  const close = (answered: boolean) => {
    setOpen(false);
    settle.current(answered);
  };
  return (
    <AskContext value={ask}>
      {children}
      {open && <ReauthenticateDialog onDone={close} />}
    </AskContext>
  );
}

function ReauthenticateDialog({ onDone }: { onDone: (answered: boolean) => void }) {
  const { account } = useConsole();
  const client = useTRPCClient();
  const [failure, setFailure] = useState<Failure>();
  const [busy, setBusy] = useState(false);

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const given = String(new FormData(event.currentTarget).get("secret") ?? "");
    setBusy(true);
    try {
      await client.account.reauthenticate.mutate(account.hasPassword ? { password: given } : { code: given });
      onDone(true);
    } catch (error) {
      setFailure(failureOf(error));
      setBusy(false);
    }
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onDone(false)}
      title="Is it you?"
      description="This asks once more, then not for ten minutes."
      className="w-[min(calc(100vw-2rem),24rem)]"
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label={account.hasPassword ? "Password" : "Code of your app"} error={failure?.text}>
          <Input
            name="secret"
            type={account.hasPassword ? "password" : "text"}
            autoComplete={account.hasPassword ? "current-password" : "one-time-code"}
            required
            autoFocus
          />
        </Field>
        <Button type="submit" variant="primary" disabled={busy}>
          Go on
        </Button>
      </form>
    </Dialog>
  );
}

/** One thing that somebody does: whether it runs, what went wrong, and `run`, which asks for the password where that is needed. */
export function useAct() {
  const ask = useContext(AskContext);
  const queries = useQueryClient();
  const [failure, setFailure] = useState<Failure>();
  const [busy, setBusy] = useState(false);

  /** Undefined when it failed or was given up. What pages show is asked anew afterwards. */
  async function run<T>(call: () => Promise<T>): Promise<T | undefined> {
    setBusy(true);
    setFailure(undefined);
    try {
      return await call().catch(async (error) => {
        if (failureOf(error).code !== "reauthentication_required") throw error;
        return (await ask()) ? await call() : undefined;
      });
    } catch (error) {
      setFailure(failureOf(error));
      return undefined;
    } finally {
      setBusy(false);
      void queries.invalidateQueries();
    }
  }

  return { run, busy, failure, forget: () => setFailure(undefined) };
}
