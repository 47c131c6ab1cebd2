"use client";

import { useEffect } from "react";
import { useParley } from "../../client/react/provider.tsx";

const AWAY_AFTER_MS = 5 * 60_000;
/** Until the service's word comes round. */
const SAID_FOR_MS = 5_000;
const SIGNS = ["pointerdown", "pointermove", "keydown", "focus"] as const;

/**
 * Says "away" after five minutes without a sign of the person, and "online" with the next. What is said holds for all pages and devices of
 * the person: where there are signs it is taken back, if another that lies idle has said it.
 */
export function useAway(): void {
  const client = useParley();
  useEffect(() => {
    let away = false;
    let saidAt = Number.NEGATIVE_INFINITY;
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
      const isSaid = client.getState().presence[client.me]?.state === "away";
      if (!away && (!isSaid || Date.now() - saidAt < SAID_FOR_MS)) return;
      say("online");
      saidAt = Date.now();
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
