import { useCallback, useEffect, useState } from "react";
import type { OpenChat } from "../../client/react/use-chat.ts";

export type Side = "earlier" | "later";

/** What could not be loaded, and of which stretch over which line: of another one it says nothing. */
interface Failed {
  of: string;
  earlier?: true | undefined;
  later?: true | undefined;
}

/** Other pages are asked for this many rows before the reader gets there: more than a screen and a half. */
const WITHIN = 30;

/** Loads what adjoins the messages that are here, as the reader comes near. What failed over a line that was away is asked for again. */
export function usePages(
  { room, hasEarlier, hasLater, stretch }: Pick<OpenChat, "room" | "hasEarlier" | "hasLater" | "stretch">,
  { ready, live, above, below }: { ready: boolean; live: boolean; above: number; below: number },
): { failed: Failed; load: (side: Side) => void } {
  const of = `${stretch} ${live}`;
  const [failed, setFailed] = useState<Failed>({ of });
  if (failed.of !== of) setFailed({ of });
  // A page that came for a stretch that is gone is asked for anew: it is another function for each.
  const load = useCallback(
    (side: Side) => {
      const note = (value: true | undefined) => setFailed((now) => (now.of === of ? { ...now, [side]: value } : now));
      note(undefined);
      (side === "earlier" ? room.loadEarlier() : room.loadLater()).catch(() => note(true));
    },
    [room, of],
  );
  const { earlier: noEarlier, later: noLater } = failed;
  useEffect(() => {
    if (ready && hasEarlier && !noEarlier && above < WITHIN) load("earlier");
  }, [ready, hasEarlier, noEarlier, above, load]);
  useEffect(() => {
    if (ready && hasLater && !noLater && below < WITHIN) load("later");
  }, [ready, hasLater, noLater, below, load]);
  return { failed, load };
}
