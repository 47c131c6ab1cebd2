"use client";

import { useEffect, useRef, useState } from "react";
import { useParley, useParleyState } from "../../client/react/provider.tsx";
import type { State } from "../../client/state.ts";
import { Button } from "../ui/button.tsx";
import { cn } from "../ui/cn.ts";
import { caughtUp, seenOf } from "./caught-up.ts";

const NOTHING_FOR_MS = 2_000;
const OFFLINE_AFTER_MS = 10_000;
const BACK_FOR_MS = 3_000;

type Stage = "quiet" | "reconnecting" | "offline" | { seenBefore: Readonly<Record<string, number>> };

/**
 * Says nothing of a blink, then that it reconnects, then that one is offline and what waits; at the end, what was caught up. It lies
 * over what is there, where `className` puts it: a bar above it would move everything, and a press that is under way would go astray.
 */
export function LinkBanner({ className }: { className: string }) {
  const client = useParley();
  const link = useParleyState((state) => state.link);
  const waiting = useParleyState(countWaiting);
  const stage = useStage(link);
  // What was missed comes after the line is back, and on a slow one for a while: counted for as long as it is said.
  const caught = useParleyState((state) => (typeof stage === "object" ? caughtUp(stage.seenBefore, state) : 0));
  if (stage === "quiet") return <div role="status" className="sr-only" />;
  const isBack = typeof stage === "object";
  return (
    <div
      role="status"
      className={cn(
        "pointer-events-none absolute z-30 mx-auto flex min-h-9 w-fit max-w-[calc(100%-2rem)] flex-wrap items-center justify-center gap-x-3 gap-y-1 rounded-2xl border bg-surface px-4 py-1.5 text-sm shadow-md",
        isBack ? "border-good text-good" : "border-warn text-warn",
        className,
      )}
    >
      {isBack ? wordsOfReturn(caught) : wordsOfOutage(stage, waiting)}
      {stage === "offline" && (
        <Button
          size="sm"
          className="pointer-events-auto"
          onClick={() => (link === "offline" ? client.setOnline(true) : client.retry())}
        >
          Try now
        </Button>
      )}
    </div>
  );
}

function wordsOfOutage(stage: "reconnecting" | "offline", waiting: number): string {
  if (stage === "reconnecting") return "Reconnecting…";
  const held = waiting === 1 ? "1 message is waiting." : `${waiting} messages are waiting.`;
  return waiting === 0 ? "You are offline." : `You are offline. ${held}`;
}

function wordsOfReturn(count: number): string {
  if (count === 0) return "Connected";
  return count === 1 ? "Connected – caught up 1 message" : `Connected – caught up ${count} messages`;
}

function useStage(link: State["link"]): Stage {
  const client = useParley();
  const [stage, setStage] = useState<Stage>("quiet");
  const seenBefore = useRef<Readonly<Record<string, number>>>(undefined);
  const shown = useRef(false);

  useEffect(() => {
    if (link === "signed-out") return setStage("quiet");
    const timers: ReturnType<typeof setTimeout>[] = [];
    const later = (ms: number, act: () => void) => timers.push(setTimeout(act, ms));
    if (link === "live") {
      const before = seenBefore.current;
      seenBefore.current = undefined;
      if (shown.current && before !== undefined) {
        // Most of what was missed comes in this moment: said after it, the number seldom moves.
        later(400, () => setStage({ seenBefore: before }));
        later(400 + BACK_FOR_MS, () => setStage("quiet"));
      } else setStage("quiet");
      shown.current = false;
    } else {
      seenBefore.current ??= seenOf(client.getState());
      const show = (next: Stage) => {
        shown.current = true;
        setStage(next);
      };
      const isKnown = link === "offline" || !navigator.onLine;
      if (isKnown) later(NOTHING_FOR_MS / 4, () => show("offline"));
      else {
        later(NOTHING_FOR_MS, () => show("reconnecting"));
        later(OFFLINE_AFTER_MS, () => show("offline"));
      }
    }
    return () => {
      for (const timer of timers) clearTimeout(timer);
    };
  }, [link, client]);

  return stage;
}

function countWaiting({ chats }: State): number {
  return Object.values(chats).reduce(
    (sum, { log }) => sum + log.outbox.filter(({ status }) => status !== "refused").length,
    0,
  );
}
