import { useCallback, useEffect, useRef, useState } from "react";
import type { ChatRoom } from "../../client/chat-room.ts";

/** The way to an older message. */
export interface Jump {
  seq: number;
  /** The oldest message that was here when it began. */
  start: number;
  failed: boolean;
}

export interface Jumping {
  /** While it is under way. */
  jump: Jump | undefined;
  jumpTo: (seq: number) => void;
  giveUp: () => void;
}

/**
 * Goes to a message, over as many pages as lie between. It ends where another jump begins or the chat is left; one that failed stays until
 * it is tried again, by the person or as the line comes back.
 */
export function useJump(room: ChatRoom, oldest: number, live: boolean, onHere: (seq: number) => void): Jumping {
  const [jump, setJump] = useState<Jump>();
  const latest = useRef({ oldest, jump, onHere });
  useEffect(() => {
    latest.current = { oldest, jump, onHere };
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
      const { jump: before, oldest } = latest.current;
      setJump({ seq, start: before?.seq === seq ? before.start : oldest, failed: false });
      room.loadBackTo(seq, { signal }).then(
        ifWanted(() => {
          setJump(undefined);
          latest.current.onHere(seq);
        }),
        ifWanted(() => setJump((known) => known && { ...known, failed: true })),
      );
    },
    [room],
  );

  useEffect(() => {
    const { jump } = latest.current;
    if (live && jump?.failed) jumpTo(jump.seq);
  }, [live, jumpTo]);
  useEffect(() => () => under.current?.abort(), []);
  return { jump, jumpTo, giveUp };
}

/** How much of the way is done, in percent: whole only where it ends. */
export function progressOf({ seq, start }: Jump, oldest: number): number {
  const share = (start - oldest) / Math.max(1, start - seq);
  return Math.min(99, Math.max(0, Math.floor(share * 100)));
}
