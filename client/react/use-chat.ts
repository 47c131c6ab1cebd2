"use client";

import { useCallback, useEffect, useMemo, useState } from "react";
import type { ChatRoom } from "../chat-room.ts";
import { type ChatState, visibleMessages } from "../chat-state.ts";
import { sentenceOf } from "../parley-error.ts";
import type { Message } from "../types.ts";
import { useParley, useParleyState } from "./provider.tsx";

export interface OpenChat {
  /** Undefined before it is loaded, and for one that this person is not in. */
  chat: ChatState | undefined;
  /** What one does in it: send, edit, delete, markRead, loadEarlier … */
  room: ChatRoom;
  /** In order, newest last, up to the first hole. */
  messages: readonly Message[];
  loading: boolean;
  problem: string | undefined;
  retry: () => void;
}

/** One chat: loads its newest page and its members, and the chat itself where it is not among those that are here; and follows it. */
export function useChat(chatId: string): OpenChat {
  const client = useParley();
  const room = client.room(chatId);
  const chat = useParleyState((state) => state.chats[chatId]);
  const isHere = chat !== undefined;
  const isWanted = useParleyState((state) => state.phase === "ready" && !state.gone[chatId]);
  const [failed, setFailed] = useState<{ room: ChatRoom; problem: string }>();
  const open = useCallback(() => {
    setFailed(undefined);
    const work = isHere ? room.open() : client.loadChat(room.chatId);
    work.catch((error: unknown) => setFailed({ room, problem: sentenceOf(error) }));
  }, [client, room, isHere]);

  useEffect(() => {
    if (isHere || isWanted) open();
  }, [isHere, isWanted, open]);

  const messages = useMemo(() => (chat ? visibleMessages(chat) : []), [chat]);
  // What another chat came to is not this one's.
  const problem = failed?.room === room ? failed.problem : undefined;
  return { chat, room, messages, loading: chat?.earlier === undefined, problem, retry: open };
}
