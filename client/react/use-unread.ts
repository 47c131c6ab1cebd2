"use client";

import { useEffect } from "react";
import { useParley, useParleyState } from "./provider.tsx";

export interface Unread {
  /** False until the service has counted: all are 0 then, and say nothing. */
  isCounted: boolean;
  /** Messages and notifications together: the one badge. */
  total: number;
  /** Without those of chats that are muted. */
  messages: number;
  notifications: number;
  mentions: number;
}

/** What the service counts as unread, kept true: asked again, once for a burst, after each event that may change it. */
export function useUnread(): Unread {
  const client = useParley();
  const isReady = useParleyState((state) => state.phase === "ready");
  const counters = useParleyState((state) => state.counters);
  useEffect(() => {
    if (isReady) client.inbox.startCounting();
  }, [client, isReady]);
  const messages = counters ? counters.chats.unreadMessages - (counters.chats.mutedMessages ?? 0) : 0;
  const notifications = counters?.inbox.unread ?? 0;
  const mentions = counters?.mentions.unread ?? 0;
  return { isCounted: counters !== undefined, total: messages + notifications, messages, notifications, mentions };
}
