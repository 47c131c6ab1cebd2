"use client";

import { useEffect } from "react";
import type { Parley } from "../../client/parley.ts";
import { useParley } from "../../client/react/provider.tsx";
import { Attendance } from "./attendance.ts";

const AWAY_AFTER_MS = 5 * 60_000;
/** By then whichever node has the new connection has said "online". */
const AGAIN_AFTER_MS = 5_000;
const SIGNS = ["pointerdown", "pointermove", "keydown", "focus"] as const;

/**
 * Says "away" after five minutes without a sign of the person, again after each new connection, and "online" with the next sign. What is
 * said holds for all pages and devices of the person: where there are signs it is taken back, if another that lies idle has said it.
 */
export function useAway(): void {
  const client = useParley();
  useEffect(() => tellAttendance(client), [client]);
}

/** Until what it returns is called. */
export function tellAttendance(client: Pick<Parley, "api" | "getState" | "subscribe" | "me">): () => void {
  const attendance = new Attendance();
  let timer: ReturnType<typeof setTimeout>;
  let link = client.getState().link;
  const own = () => client.getState().presence[client.me];
  const say = (state: "online" | "away") => client.api.call("presence.set", { state });
  const leave = () => {
    attendance.leave();
    // Presence is a hint: one that is not told costs nothing.
    say("away").then(
      () => {
        if (link === "live") attendance.awayHeard();
      },
      () => undefined,
    );
  };
  const leaveAfter = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(leave, ms);
  };
  const onSign = () => {
    leaveAfter(AWAY_AFTER_MS);
    if (attendance.isDue(own(), Date.now())) say("online").catch(() => attendance.unheard());
  };
  const onChange = () => {
    const before = link;
    link = client.getState().link;
    if (before === "live" || link !== "live" || !attendance.isStillAway(own())) return;
    // One more new connection before it is said is the next reason to say it.
    attendance.leave();
    leaveAfter(AGAIN_AFTER_MS);
  };
  onSign();
  for (const sign of SIGNS) window.addEventListener(sign, onSign, { passive: true });
  const unsubscribe = client.subscribe(onChange);
  return () => {
    clearTimeout(timer);
    unsubscribe();
    for (const sign of SIGNS) window.removeEventListener(sign, onSign);
  };
}
