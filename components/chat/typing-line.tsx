"use client";

import { useEffect, useState } from "react";
import type { ChatRoom } from "../../client/chat-room.ts";
import { GATHERED_FOR_MS } from "./announcer.tsx";

/** Who types stops and goes on all the time: a screen reader hears of it once in this time. */
const SAID_EVERY_MS = 60_000;
/** When it last did, by chat: also where one has looked into another chat meanwhile. */
const saidAt = new WeakMap<ChatRoom, number>();

/** Its height is always there, so that nothing jumps when somebody starts to type. */
export function TypingLine({ room, names }: { room: ChatRoom; names: string[] }) {
  const sentence = typingSentence(names);
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (sentence === "") return setSaid("");
    const say = () => {
      saidAt.set(room, Date.now());
      setSaid(sentence);
    };
    const left = (saidAt.get(room) ?? Number.NEGATIVE_INFINITY) + SAID_EVERY_MS - Date.now();
    // Of a stranger the id alone is known at first.
    const timer = setTimeout(say, Math.max(left, GATHERED_FOR_MS));
    return () => clearTimeout(timer);
  }, [room, sentence]);
  return (
    <>
      <p className="h-6 truncate px-4 text-muted text-xs leading-6">{sentence}</p>
      <p role="status" className="sr-only">
        {said}
      </p>
    </>
  );
}

export function typingSentence(names: string[]): string {
  if (names.length === 0) return "";
  if (names.length === 1) return `${names[0]} is typing…`;
  return names.length === 2 ? `${names[0]} and ${names[1]} are typing…` : "Several people are typing…";
}
