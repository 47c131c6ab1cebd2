import { type RefObject, useEffect, useRef } from "react";

/**
 * Where another chat, or on a phone the list, takes the place of what had the focus, the focus follows: to the chat's title, and back to
 * its row in the list. What keeps it otherwise keeps it.
 */
export function useFollowedFocus(page: RefObject<HTMLElement | null>, chatId: string | undefined): void {
  const shown = useRef(chatId);
  useEffect(() => {
    const before = shown.current;
    shown.current = chatId;
    if (before === chatId || !isLost(document.activeElement)) return;
    const find = (selector: string) => page.current?.querySelector<HTMLElement>(selector);
    const row = `[data-chat="${CSS.escape(before ?? "")}"]`;
    // One that is on its way has no title yet, but a way back.
    const place = chatId === undefined ? find(row) : (find("main h1") ?? find("main button"));
    place?.focus();
  }, [page, chatId]);
}

/** What is not drawn any more may be called active until the browser has drawn the page. */
function isLost(active: Element | null): boolean {
  return active === null || active === document.body || active.getClientRects().length === 0;
}
