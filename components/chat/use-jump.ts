import { useCallback, useEffect, useRef, useState } from "react";
import type { ChatRoom } from "../../client/chat-room.ts";

/** Before this one has not read of it, in ms. */
const SAID_AFTER_MS = 400;

/** The way to a message that is not here. */
export interface Jump {
  seq: number;
  state: "short" | "long" | "failed";
}

export interface Jumping {
  /** While it is under way. */
  jump: Jump | undefined;
  jumpTo: (seq: number) => void;
  giveUp: () => void;
}

/**
 * Goes to a message, wherever in the chat it is. It ends where another jump begins or the chat is left; one that failed stays until it is
 * tried again, by the person or as the line comes back.
 */
export function useJump(room: ChatRoom, live: boolean, onHere: (seq: number) => void): Jumping {
  const [jump, setJump] = useState<Jump>();
  const latest = useRef({ jump, onHere });
  useEffect(() => {
    latest.current = { jump, onHere };
  });
  const under = useRef<AbortController>(undefined);

  const giveUp = useCallback(() => {
    under.current?.abort();
    setJump(undefined);
  }, []);

  const jumpTo = useCallback(
    (seq: number) => {
      under.current?.abort();
      const way = new AbortController();
      const { signal } = way;
      under.current = way;
      const ifWanted = (act: () => void) => () => {
        if (!signal.aborted) act();
      };
      setJump({ seq, state: "short" });
      room.goTo(seq, { signal }).then(
        ifWanted(() => {
          setJump(undefined);
          latest.current.onHere(seq);
        }),
        ifWanted(() => setJump({ seq, state: "failed" })),
      );
    },
    [room],
  );

  const isShort = jump?.state === "short";
  useEffect(() => {
    if (!isShort) return;
    const timer = setTimeout(() => setJump((now) => now && { ...now, state: "long" }), SAID_AFTER_MS);
    return () => clearTimeout(timer);
  }, [isShort]);
  useEffect(() => {
    const { jump } = latest.current;
    if (live && jump?.state === "failed") jumpTo(jump.seq);
  }, [live, jumpTo]);
  useEffect(() => () => under.current?.abort(), []);
  return { jump, jumpTo, giveUp };
}
