"use client";

import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import type { Demo } from "../../client/types.ts";
import { loadDemo } from "../chat/load-demo.ts";

export type DemoState =
  | { kind: "loading" }
  | { kind: "ready"; demo: Demo; chatId: string | undefined }
  | { kind: "off" }
  | { kind: "unreachable" };

interface DemoContext {
  state: DemoState;
  /** Where there is a demo. Where this installation keeps its data is nobody else's business. */
  demoFile: string | undefined;
  retry: () => void;
  /** The live chat tells which chat it shows, so that the snippets write into it. */
  showChat: (chatId: string) => void;
}

const Context = createContext<DemoContext | null>(null);

export function useDemo(): DemoContext {
  const value = useContext(Context);
  if (value === null) throw new Error("useDemo needs a DemoProvider above it");
  return value;
}

interface DemoProviderProps {
  offered: boolean;
  demoFile: string | undefined;
  children: ReactNode;
}

/** One answer about the demo for the whole page: the chat, the credentials and the snippets all read it here. */
export function DemoProvider({ offered, demoFile, children }: DemoProviderProps) {
  const [state, setState] = useState<DemoState>({ kind: offered ? "loading" : "off" });
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    if (!offered && attempt === 0) return;
    const aborter = new AbortController();
    setState({ kind: "loading" });
    loadDemo("demo", aborter.signal)
      .then((demo) => setState(demo ? { kind: "ready", demo, chatId: undefined } : { kind: "off" }))
      .catch(() => {
        if (!aborter.signal.aborted) setState({ kind: "unreachable" });
      });
    return () => aborter.abort();
  }, [offered, attempt]);

  const retry = useCallback(() => setAttempt((count) => count + 1), []);
  const showChat = useCallback(
    (chatId: string) => setState((known) => (known.kind === "ready" ? { ...known, chatId } : known)),
    [],
  );
  const value = useMemo(() => ({ state, demoFile, retry, showChat }), [state, demoFile, retry, showChat]);
  return <Context value={value}>{children}</Context>;
}
