"use client";

import { useEffect, useState } from "react";
import { loadReadiness, type Readiness } from "./readiness.ts";

const EVERY_MS = 10_000;

/** `undefined` while asking for the first time, `null` when nobody answers. A hidden page does not ask. */
export function useReadiness(): Readiness | null | undefined {
  const [readiness, setReadiness] = useState<Readiness | null>();

  useEffect(() => {
    const aborter = new AbortController();
    const look = async () => {
      if (document.visibilityState === "hidden") return;
      const answer = await loadReadiness(aborter.signal).catch(() => null);
      if (!aborter.signal.aborted) setReadiness(answer);
    };
    void look();
    const timer = setInterval(look, EVERY_MS);
    return () => {
      aborter.abort();
      clearInterval(timer);
    };
  }, []);

  return readiness;
}
