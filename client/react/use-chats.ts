"use client";

import { useMemo } from "react";
import type { ChatState } from "../chat-state.ts";
import { chatsInOrder } from "../state.ts";
import { useParley, useParleyState } from "./provider.tsx";

export interface Chats {
  phase: "loading" | "ready" | "failed";
  problem: string | undefined;
  /** Newest activity first. */
  chats: ChatState[];
  hasMore: boolean;
  loadMore: () => Promise<void>;
}

/** One's chats, kept true by the events. */
export function useChats(): Chats {
  const client = useParley();
  const state = useParleyState((known) => known);
  const { chats, phase, problem, moreChats } = state;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the order depends on the chats alone
  const ordered = useMemo(() => chatsInOrder(state), [chats]);
  return { phase, problem, chats: ordered, hasMore: moreChats !== null, loadMore: () => client.loadMoreChats() };
}
