"use client";

import { useEffect, useState } from "react";
import { readableMessages } from "./message-log.ts";
import { nameOf } from "./room.ts";
import type { Session } from "./session.ts";

/** The page's one polite voice: the lists are no live regions, so that loading history is never read out. */
export function Announcer({ sessions }: { sessions: Session[] }) {
  const [sentence, setSentence] = useState("");

  useEffect(() => {
    const stops = sessions.map((session) => announceNew(session, setSentence));
    return () => {
      for (const stop of stops) stop();
    };
  }, [sessions]);

  return (
    <p role="log" aria-label="New messages" className="sr-only">
      {sentence}
    </p>
  );
}

function announceNew(session: Session, say: (sentence: string) => void): () => void {
  let spoken: number | undefined;
  return session.subscribe(() => {
    const room = session.getRoom();
    const newest = readableMessages(room.log).at(-1);
    if (room.phase !== "ready") return;
    const isNews = spoken !== undefined && newest !== undefined && newest.seq > spoken;
    spoken = newest?.seq ?? 0;
    if (isNews && newest.senderId !== room.log.me) {
      say(`${session.user.displayName} received from ${nameOf(room, newest.senderId)}: ${newest.content}`);
    }
  });
}
