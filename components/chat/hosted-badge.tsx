"use client";

import { useEffect } from "react";
import { useUnread } from "../../client/react/use-unread.ts";
import { tellFrame } from "./token-source.ts";

/** The one badge over chat and inbox: before the page's title, on its icon, and told to the app around the page. */
export function HostedBadge({ title }: { title: string }) {
  const { isCounted, total } = useUnread();
  useEffect(() => {
    document.title = total > 0 ? `(${total > 99 ? "99+" : total}) ${title}` : title;
  }, [total, title]);
  useIcon(total > 0 ? "/icon-unread.svg" : undefined);
  useEffect(() => {
    // A 0 that nobody has counted would take the app's own badge away for a moment.
    if (isCounted) tellFrame({ type: "parley:unread", count: total });
  }, [isCounted, total]);
  return null;
}

/** The page's icon in its tab, instead of its own. */
function useIcon(address: string | undefined): void {
  useEffect(() => {
    const link = document.querySelector<HTMLLinkElement>("link[rel=icon][type*=svg]");
    if (!address || !link) return;
    const own = link.href;
    link.href = address;
    return () => {
      link.href = own;
    };
  }, [address]);
}
