"use client";

import { useCallback, useEffect, useMemo } from "react";
import type { ChatRoom } from "../chat-room.ts";
import { type ChatState, shownMessages } from "../chat-state.ts";
import type { Message } from "../types.ts";
import { useParley, useParleyState } from "./provider.tsx";
import { useLoading } from "./use-loading.ts";

export interface OpenChat {
  /** Undefined before it is loaded, and for one that this person is not in. */
  chat: ChatState | undefined;
  /** What one does in it: send, edit, delete, markRead, loadEarlier, goTo … */
  room: ChatRoom;
  /** In order, newest last, up to the first hole. */
  messages: readonly Message[];
  /** Whether there are older ones to be loaded; undefined before the newest are here. */
  hasEarlier: boolean | undefined;
  /** Whether these are older ones that `room.goTo` has loaded apart, with others between them and the newest. */
  hasLater: boolean;
  /** Tells one such stretch from another; undefined of the newest. */
  stretch: number | undefined;
  /** Until the newest page is here; of a chat that is gone, or where nothing could be loaded, none is on its way. */
  loading: boolean;
  /** There is no such chat, or this person is not in it. */
  gone: boolean;
  problem: string | undefined;
  retry: () => void;
}

/** One chat: loads its newest page and its members, and the chat itself where it is not among those that are here; and follows it. */
export function useChat(chatId: string): OpenChat {
  const client = useParley();
  const room = client.room(chatId);
  const chat = useParleyState((state) => state.chats[chatId]);
  const isHere = chat !== undefined;
  const gone = useParleyState((state) => state.gone[chatId] === true);
  const phase = useParleyState((state) => state.phase);
  // Without an id the address of a chat is that of their list.
  const mayCome = chatId !== "" && !gone;
  const isWanted = mayCome && phase === "ready";
  const { problem, start } = useLoading(
    useCallback(() => (isHere ? room.open() : client.loadChat(room.chatId)), [client, room, isHere]),
  );

  useEffect(() => {
    if (isHere || isWanted) start();
  }, [isHere, isWanted, start]);

  const isLive = useParleyState(({ link }) => link === "live");
  useEffect(() => {
    if (isHere && isLive) room.catchUp();
  }, [room, isHere, isLive]);

  // Who comes back to it comes to the newest.
  useEffect(() => () => room.toNewest(), [room]);

  const messages = useMemo(() => (chat ? shownMessages(chat) : []), [chat]);
  const earlier = chat?.aside ? chat.aside.earlier : chat?.earlier;
  const loading = chat ? chat.earlier === undefined : mayCome && phase !== "failed";
  const around = {
    hasEarlier: earlier === undefined ? undefined : earlier !== null,
    hasLater: chat?.aside !== undefined,
    stretch: chat?.aside?.key,
  };
  return { chat, room, messages, ...around, loading, gone, problem, retry: () => start() };
}
