"use client";

import { useEffect, useRef, useState } from "react";
import { useParley } from "../../client/react/provider.tsx";
import type { LiveEvent } from "../../client/types.ts";

export const GATHERED_FOR_MS = 700;
const LONGEST = 200;

export interface AnnouncerProps {
  label: string;
  hears: (event: LiveEvent) => boolean;
  /** Of what came in at about the same time; undefined where nothing of it is to be said. */
  sentenceOf: (heard: readonly LiveEvent[]) => string | undefined;
}

/** A polite voice of the page: speaks only of what comes in while it is there, and of a burst of it once. */
export function Announcer({ label, ...how }: AnnouncerProps) {
  const client = useParley();
  const [said, setSaid] = useState({ sentence: "", times: 0 });
  const latest = useRef(how);
  useEffect(() => {
    latest.current = how;
  });

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let heard: LiveEvent[] = [];
    const speak = () => {
      timer = undefined;
      const sentence = latest.current.sentenceOf(heard)?.slice(0, LONGEST);
      heard = [];
      if (sentence !== undefined) setSaid(({ times }) => ({ sentence, times: times + 1 }));
    };
    const stop = client.onEvent((event) => {
      if (!latest.current.hears(event)) return;
      heard.push(event);
      timer ??= setTimeout(speak, GATHERED_FOR_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [client]);

  return (
    <p role="log" aria-live="polite" aria-label={label} className="sr-only">
      {/* Another element each time: the same words again would be no change, and not be said. */}
      <span key={said.times}>{said.sentence}</span>
    </p>
  );
}
