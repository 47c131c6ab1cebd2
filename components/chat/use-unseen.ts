import { useState } from "react";
import type { Message } from "../../client/types.ts";

/** How many messages of others have come in since the reader left the end. */
export function useUnseen(lastSeq: number, atEnd: boolean, messages: readonly Message[], me: string): number {
  const [leftAt, setLeftAt] = useState(lastSeq);
  if (atEnd && leftAt !== lastSeq) setLeftAt(lastSeq);
  if (atEnd) return 0;
  let count = 0;
  for (let at = messages.length - 1; at >= 0 && (messages[at]?.seq ?? 0) > leftAt; at--)
    if (messages[at]?.senderId !== me) count++;
  return count;
}
