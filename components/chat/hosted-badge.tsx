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

const ICONS = "link[rel=icon][type*=svg]";

/** The page's icon in its tab, instead of its own. React may put that one there once more, where it comes to the page's head later than we do. */
function useIcon(address: string | undefined): void {
  useEffect(() => {
    if (!address) return;
    const own = new Map<HTMLLinkElement, string>();
    const replace = () => {
      for (const link of document.querySelectorAll<HTMLLinkElement>(ICONS)) {
        if (link.getAttribute("href") === address) continue;
        own.set(link, link.href);
        link.href = address;
      }
    };
    replace();
    const watch = new MutationObserver(replace);
    watch.observe(document.head, { childList: true });
    return () => {
      watch.disconnect();
      for (const [link, href] of own) link.href = href;
    };
  }, [address]);
}
