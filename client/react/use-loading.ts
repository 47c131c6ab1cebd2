"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { sentenceOf } from "../parley-error.ts";
import { useParleyState } from "./provider.tsx";

export interface Loading {
  problem: string | undefined;
  /** Loads; `more` is handed on. */
  start: (more?: boolean) => void;
}

/** Loads when it is told to, and what failed again by itself each time the line comes back. */
export function useLoading(load: (more: boolean) => Promise<unknown>): Loading {
  const isLive = useParleyState(({ link }) => link === "live");
  const [failed, setFailed] = useState<{ load: typeof load; more: boolean; problem: string; line: number }>();
  // How often the line has come. What was asked for over an earlier one may fail only when the next is there.
  const line = useRef(0);
  const start = useCallback(
    (more = false) => {
      const at = line.current;
      setFailed(undefined);
      load(more).catch((error: unknown) => setFailed({ load, more, problem: sentenceOf(error), line: at }));
    },
    [load],
  );
  // What another chat or list came to is not this one's.
  const current = failed?.load === load ? failed : undefined;

  useEffect(() => {
    if (isLive) line.current++;
  }, [isLive]);
  useEffect(() => {
    if (isLive && current && current.line !== line.current) start(current.more);
  }, [isLive, current, start]);

  return { problem: current?.problem, start };
}
