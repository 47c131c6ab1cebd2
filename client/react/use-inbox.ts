"use client";

import { useCallback, useEffect, useMemo, useState } from "react";
import type { Inbox } from "../inbox.ts";
import { type InboxFilter, inboxItems } from "../inbox-state.ts";
import { sentenceOf } from "../parley-error.ts";
import type { Notification } from "../types.ts";
import { useParley, useParleyState } from "./provider.tsx";

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

/** One list of one's notifications, loaded and kept true by the events. */
export function useInbox(filter: InboxFilter = "all"): InboxList {
  const client = useParley();
  const isReady = useParleyState((state) => state.phase === "ready");
  const known = useParleyState((state) => state.inbox);
  const [failed, setFailed] = useState<{ filter: InboxFilter; problem: string }>();
  const { inbox } = client;
  const view = known.views[filter];
  const load = useCallback(
    (more: boolean) => {
      setFailed(undefined);
      inbox.load(filter, more).catch((error: unknown) => setFailed({ filter, problem: sentenceOf(error) }));
    },
    [inbox, filter],
  );

  useEffect(() => {
    if (isReady) load(false);
  }, [isReady, load]);

  const items = useMemo(() => inboxItems(known, filter), [known, filter]);
  // What another list came to is not this one's.
  const problem = failed?.filter === filter ? failed.problem : undefined;
  return {
    ...{ items, problem, inbox, loading: view === undefined, hasMore: typeof view?.more === "string" },
    loadMore: () => load(true),
    retry: () => load(false),
  };
}
