import { useCallback, useEffect, useRef, useState } from "react";
import type { OpenChat } from "../../client/react/use-chat.ts";

export type Side = "earlier" | "later";
type Failed = Partial<Record<Side, true>>;

/** Other pages are asked for this many rows before the reader gets there: more than a screen and a half. */
const WITHIN = 30;

/** Loads what adjoins the messages that are here, as the reader comes near. What failed over a line that was away is asked for again. */
export function usePages(
  { room, hasEarlier, hasLater, stretch }: Pick<OpenChat, "room" | "hasEarlier" | "hasLater" | "stretch">,
  { ready, live, above, below }: { ready: boolean; live: boolean; above: number; below: number },
): { failed: Failed; load: (side: Side) => void } {
  const [failed, setFailed] = useState<Failed>({});
  const shown = useRef(stretch);
  const load = useCallback(
    (side: Side) => {
      const mark = (value?: true) =>
        setFailed(({ [side]: _, ...others }) => (value ? { ...others, [side]: value } : others));
      mark();
      const of = shown.current;
      (side === "earlier" ? room.loadEarlier() : room.loadLater()).catch(() => {
        if (shown.current === of) mark(true);
      });
    },
    [room],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: with another stretch or line what failed is another matter
  useEffect(() => {
    shown.current = stretch;
    setFailed({});
  }, [live, stretch]);
  const { earlier: noEarlier, later: noLater } = failed;
  // A page that came for a stretch that is gone is asked for anew.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (ready && hasEarlier && !noEarlier && above < WITHIN) load("earlier");
  }, [ready, hasEarlier, noEarlier, above, load, stretch]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    if (ready && hasLater && !noLater && below < WITHIN) load("later");
  }, [ready, hasLater, noLater, below, load, stretch]);
  return { failed, load };
}
