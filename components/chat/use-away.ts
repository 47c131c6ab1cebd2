"use client";

import { useEffect } from "react";
import { useParley } from "../../client/react/provider.tsx";
import { Attendance } from "./attendance.ts";

const AWAY_AFTER_MS = 5 * 60_000;
const SIGNS = ["pointerdown", "pointermove", "keydown", "focus"] as const;

/**
 * Says "away" after five minutes without a sign of the person, and "online" with the next. What is said holds for all pages and devices of
 * the person: where there are signs it is taken back, if another that lies idle has said it.
 */
export function useAway(): void {
  const client = useParley();
  useEffect(() => {
    const attendance = new Attendance();
    let timer: ReturnType<typeof setTimeout>;
    const say = (state: "online" | "away") => client.api.call("presence.set", { state });
    const onSign = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        attendance.leave();
        // Presence is a hint: one that is not told costs nothing.
        say("away").catch(() => undefined);
      }, AWAY_AFTER_MS);
      if (attendance.isDue(client.getState().presence[client.me], Date.now()))
        say("online").catch(() => attendance.unheard());
    };
    onSign();
    for (const sign of SIGNS) window.addEventListener(sign, onSign, { passive: true });
    return () => {
      clearTimeout(timer);
      for (const sign of SIGNS) window.removeEventListener(sign, onSign);
    };
  }, [client]);
}
