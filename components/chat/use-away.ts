"use client";

import { useEffect } from "react";
import { useParley } from "../../client/react/provider.tsx";

const AWAY_AFTER_MS = 5 * 60_000;
const SIGNS = ["pointerdown", "pointermove", "keydown", "focus"] as const;

/** Says "away" after five minutes without a sign of the person, and "online" with the next. */
export function useAway(): void {
  const client = useParley();
  useEffect(() => {
    let away = false;
    let timer: ReturnType<typeof setTimeout>;
    const say = (state: "online" | "away") => {
      // Presence is a hint: one that is not told costs nothing.
      client.api.call("presence.set", { state }).catch(() => undefined);
    };
    const onSign = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        away = true;
        say("away");
      }, AWAY_AFTER_MS);
      if (away) say("online");
      away = false;
    };
    onSign();
    for (const sign of SIGNS) window.addEventListener(sign, onSign, { passive: true });
    return () => {
      clearTimeout(timer);
      for (const sign of SIGNS) window.removeEventListener(sign, onSign);
    };
  }, [client]);
}
