"use client";

import { type FocusEvent, useEffect, useState } from "react";
import { Composer } from "./composer.tsx";
import { MessageList } from "./message-list.tsx";
import { PaneHeader } from "./pane-header.tsx";
import type { Session } from "./session.ts";
import { TypingLine } from "./typing-line.tsx";
import { useRoom } from "./use-room.ts";

/** One person's side of the conversation. Whoever is at a pane (focus inside it) reads what it shows. */
export function Pane({ session }: { session: Session }) {
  const room = useRoom(session);
  const [attended, setAttended] = useState(false);
  const newest = room.log.messages.at(-1)?.seq;

  const online = room.link !== "offline";

  useEffect(() => {
    if (attended && online && newest !== undefined && document.visibilityState === "visible") session.readToEnd();
  }, [attended, online, newest, session]);

  function onBlur(event: FocusEvent<HTMLElement>) {
    if (!event.currentTarget.contains(event.relatedTarget)) setAttended(false);
  }

  return (
    <section
      aria-label={session.user.displayName}
      onFocus={() => setAttended(true)}
      onBlur={onBlur}
      className="flex h-[28rem] min-w-0 flex-col bg-surface sm:h-[33rem]"
    >
      <PaneHeader session={session} room={room} />
      <MessageList session={session} room={room} />
      <TypingLine room={room} />
      <Composer session={session} />
    </section>
  );
}
