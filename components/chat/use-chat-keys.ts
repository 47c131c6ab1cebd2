"use client";

import { useEffect, useRef } from "react";

export interface ChatKeys {
  find: () => void;
  /** False where there is nothing to search in: the browser has a search of its own. */
  search: () => boolean;
  help: () => void;
  /** To the next part of the page; false where there is none. */
  region: () => boolean;
  /** -1 or 1 in the list of chats; `unread` skips what is read. */
  step: (by: -1 | 1, unread: boolean) => void;
}

/** The keys that hold wherever the focus is; behind an open dialog they rest. */
export function useChatKeys(keys: ChatKeys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!isDialogOpen() && act(event, latest.current)) event.preventDefault();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
}

/** False for keys that do nothing here, which are the browser's. */
export function act(event: KeyboardEvent, keys: ChatKeys): boolean {
  const ctrl = event.ctrlKey || event.metaKey;
  if (ctrl && event.key.toLowerCase() === "k") keys.find();
  else if (ctrl && event.key.toLowerCase() === "f") return keys.search();
  else if (ctrl && event.key === "/") keys.help();
  else if (event.key === "F6") return keys.region();
  else if (event.altKey && event.key === "ArrowUp") keys.step(-1, event.shiftKey);
  else if (event.altKey && event.key === "ArrowDown") keys.step(1, event.shiftKey);
  else return false;
  return true;
}

/** One that is going away has no `data-open` any more. */
function isDialogOpen(): boolean {
  return document.querySelector("[role=dialog][data-open], [role=alertdialog][data-open]") !== null;
}
