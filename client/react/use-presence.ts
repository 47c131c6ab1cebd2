"use client";

import { useEffect } from "react";
import type { Presence } from "../types.ts";
import { useParley, useParleyState } from "./provider.tsx";

/** Who of these users is there; those whom one shares no chat with stay unknown. Kept true by the events. */
export function usePresence(userIds: readonly string[]): Readonly<Record<string, Presence>> {
  const client = useParley();
  const presence = useParleyState((state) => state.presence);
  const link = useParleyState((state) => state.link);
  const wanted = JSON.stringify(userIds);

  useEffect(() => {
    if (link === "live") client.loadPresence(JSON.parse(wanted));
  }, [client, wanted, link]);

  return presence;
}
