import { useCallback, useEffect, useState } from "react";
import type { OpenChat } from "../../client/react/use-chat.ts";

export type Side = "earlier" | "later";

/** Other pages are asked for this many rows before the reader gets there: more than a screen and a half. */
const WITHIN = 30;

/** Loads what adjoins the messages that are here, as the reader comes near. What failed over a line that was away is asked for again. */
export function usePages(
  { room, hasEarlier, hasLater }: Pick<OpenChat, "room" | "hasEarlier" | "hasLater">,
  { ready, live, above, below }: { ready: boolean; live: boolean; above: number; below: number },
): { failed: Side | undefined; load: (side: Side) => void } {
  const [failed, setFailed] = useState<Side>();
  const load = useCallback(
    (side: Side) => {
      setFailed(undefined);
      (side === "earlier" ? room.loadEarlier() : room.loadLater()).catch(() => setFailed(side));
    },
    [room],
  );
  useEffect(() => {
    if (live) setFailed(undefined);
  }, [live]);
  useEffect(() => {
    if (ready && hasEarlier && failed !== "earlier" && above < WITHIN) load("earlier");
  }, [ready, hasEarlier, failed, above, load]);
  useEffect(() => {
    if (ready && hasLater && failed !== "later" && below < WITHIN) load("later");
  }, [ready, hasLater, failed, below, load]);
  return { failed, load };
}
