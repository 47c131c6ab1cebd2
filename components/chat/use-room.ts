"use client";

import { useSyncExternalStore } from "react";
import type { Room } from "./room.ts";
import type { Session } from "./session.ts";

export function useRoom(session: Session): Room {
  return useSyncExternalStore(session.subscribe, session.getRoom, session.getRoom);
}
