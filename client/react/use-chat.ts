"use client";

import { useCallback, useEffect, useMemo, useState } from "react";
import type { ChatRoom } from "../chat-room.ts";
import { type ChatState, visibleMessages } from "../chat-state.ts";
import { sentenceOf } from "../parley-error.ts";
import type { Message } from "../types.ts";
import { useParley, useParleyState } from "./provider.tsx";

export interface OpenChat {
  /** Undefined before the chats are loaded, and for one that this person is not in. */
  chat: ChatState | undefined;
  /** What one does in it: send, edit, delete, markRead, loadEarlier … */
  room: ChatRoom;
  /** In order, newest last, up to the first hole. */
  messages: readonly Message[];
  loading: boolean;
  problem: string | undefined;
  retry: () => void;
}

/** One chat: loads its newest page and its members, and follows it. */
export function useChat(chatId: string): OpenChat {
  const client = useParley();
  const room = client.room(chatId);
  const chat = useParleyState((state) => state.chats[chatId]);
  const isReady = chat !== undefined;
  const [failed, setFailed] = useState<{ room: ChatRoom; problem: string }>();
  const open = useCallback(() => {
    setFailed(undefined);
    room.open().catch((error: unknown) => setFailed({ room, problem: sentenceOf(error) }));
  }, [room]);

  useEffect(() => {
    if (isReady) open();
  }, [isReady, open]);

  const messages = useMemo(() => (chat ? visibleMessages(chat) : []), [chat]);
  // What another chat came to is not this one's.
  const problem = failed?.room === room ? failed.problem : undefined;
  return { chat, room, messages, loading: chat?.earlier === undefined, problem, retry: open };
}
