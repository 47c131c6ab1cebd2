"use client";

import { useCallback, useEffect, useMemo } from "react";
import type { Inbox } from "../inbox.ts";
import { type InboxFilter, inboxItems } from "../inbox-state.ts";
import type { Notification } from "../types.ts";
import { useParley, useParleyState } from "./provider.tsx";
import { useLoading } from "./use-loading.ts";

export interface InboxList {
  /** Newest first. */
  items: Notification[];
  loading: boolean;
  problem: string | undefined;
  hasMore: boolean;
  loadMore: () => void;
  retry: () => void;
  /** What one does in it: setRead, setArchived, snooze, deleteLater, readAll, seeAll. */
  inbox: Inbox;
}

const NONE: readonly string[] = [];

/**
 * One list of one's notifications, loaded and kept true by the events.
 * @param kept ids of those that stay in the list of unread ones though they are read
 */
export function useInbox(filter: InboxFilter = "all", kept = NONE): InboxList {
  const client = useParley();
  const isReady = useParleyState((state) => state.phase === "ready");
  const known = useParleyState((state) => state.inbox);
  const { inbox } = client;
  const view = known.views[filter];
  const { problem, start } = useLoading(useCallback((more: boolean) => inbox.load(filter, more), [inbox, filter]));

  useEffect(() => {
    if (isReady) start();
  }, [isReady, start]);

  const items = useMemo(() => inboxItems(known, filter, { kept }), [known, filter, kept]);
  return {
    ...{ items, problem, inbox, loading: view === undefined, hasMore: typeof view?.more === "string" },
    loadMore: () => start(true),
    retry: () => start(),
  };
}
