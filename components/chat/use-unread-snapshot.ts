"use client";

import { useState } from "react";
import type { ChatState } from "../../client/chat-state.ts";

/** How it was when the chat was entered. Reading must not move it, or the separator would run away from the reader. */
export interface UnreadSnapshot {
  chatId: string;
  /** The read position. */
  after: number;
  /** 100 means more. */
  count: number;
  /** Not all that was unread is here. */
  isBehind: boolean;
}

/** Undefined when nothing was unread at entry, nor is since a gap over which what was missed was not loaded. */
export function useUnreadSnapshot(chat: ChatState | undefined): UnreadSnapshot | undefined {
  const [snapshot, setSnapshot] = useState<UnreadSnapshot>();
  // Taken in the render in which it changes, so that no frame is drawn without it.
  const next = chat && unreadSnapshot(chat, snapshot);
  if (next !== snapshot && next) setSnapshot(next);
  const now = next ?? snapshot;
  return now && now.count > 0 ? now : undefined;
}

export function unreadSnapshot({ chat, log }: ChatState, before: UnreadSnapshot | undefined): UnreadSnapshot {
  const { id, lastReadSeq = 0, unreadCount = 0 } = chat;
  const isBehind = unreadCount > 0 && log.from !== null && log.from > lastReadSeq + 1;
  if (before?.chatId !== id || (isBehind && !before.isBehind))
    return { chatId: id, after: lastReadSeq, count: unreadCount, isBehind };
  return before.isBehind === isBehind ? before : { ...before, isBehind };
}
