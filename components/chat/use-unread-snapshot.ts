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
}

/** Undefined when nothing was unread at entry. */
export function useUnreadSnapshot(chat: ChatState | undefined): UnreadSnapshot | undefined {
  const [snapshot, setSnapshot] = useState<UnreadSnapshot>();
  // Taken in the render in which the chat is first there, so that no frame is drawn without it.
  if (chat && snapshot?.chatId !== chat.chat.id) {
    const { id, lastReadSeq = 0, unreadCount = 0 } = chat.chat;
    const taken = { chatId: id, after: lastReadSeq, count: unreadCount };
    setSnapshot(taken);
    return taken.count > 0 ? taken : undefined;
  }
  return snapshot && snapshot.count > 0 ? snapshot : undefined;
}
