"use client";

import { useState } from "react";
import { Button } from "../ui/button.tsx";
import type { Room } from "./room.ts";
import { type Session, sentenceOf } from "./session.ts";

export function EarlierRow({ session, room }: { session: Session; room: Room }) {
  const [state, setState] = useState<"idle" | "busy" | { problem: string }>("idle");

  if (room.earlier === null) {
    return <li className="py-2 text-center text-xs text-muted">Start of the conversation</li>;
  }

  async function load() {
    setState("busy");
    try {
      await session.loadEarlier();
      setState("idle");
    } catch (error) {
      setState({ problem: sentenceOf(error) });
    }
  }

  return (
    <li className="flex flex-col items-center py-1">
      <Button size="sm" variant="ghost" disabled={state === "busy"} onClick={load}>
        Load earlier messages
      </Button>
      {typeof state === "object" && <span className="text-xs text-bad">{state.problem}</span>}
    </li>
  );
}
