"use client";

import { useEffect } from "react";
import { useUnread } from "../../client/react/use-unread.ts";
import { tellFrame } from "./token-source.ts";

/** The one badge over chat and inbox: before the page's title, and told to the app around the page. */
export function HostedBadge({ title }: { title: string }) {
  const { isCounted, total } = useUnread();
  useEffect(() => {
    document.title = total > 0 ? `(${total > 99 ? "99+" : total}) ${title}` : title;
  }, [total, title]);
  useEffect(() => {
    // A 0 that nobody has counted would take the app's own badge away for a moment.
    if (isCounted) tellFrame({ type: "parley:unread", count: total });
  }, [isCounted, total]);
  return null;
}
