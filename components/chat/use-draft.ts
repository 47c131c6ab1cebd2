"use client";

import { useCallback, useEffect, useRef, useSyncExternalStore } from "react";

const SAVED_AFTER_MS = 500;
const PREFIX = "parley/draft/";
const listeners = new Set<() => void>();

/** Where one person's draft of one chat is kept in this browser. */
export interface DraftPlace {
  tenantId: string;
  me: string;
  chatId: string;
}

function keyOf({ tenantId, me, chatId }: DraftPlace): string {
  return `${PREFIX}${tenantId}/${me}/${chatId}`;
}

/** The draft that is kept, in this tab or another of the browser; "" for none. */
export function useKeptDraft(place: DraftPlace): string {
  const key = keyOf(place);
  return useSyncExternalStore(
    subscribe,
    () => read(key),
    () => "",
  );
}

/** Keeps a draft half a second after the last key, and at once when its chat or the page is left. */
export function useDraftKeeper(place: DraftPlace): (text: string) => void {
  const key = keyOf(place);
  const pending = useRef<string>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const save = useCallback(() => {
    clearTimeout(timer.current);
    if (pending.current !== undefined) write(key, pending.current);
    pending.current = undefined;
  }, [key]);
  useEffect(() => {
    window.addEventListener("pagehide", save);
    return () => {
      window.removeEventListener("pagehide", save);
      save();
    };
  }, [save]);
  return useCallback(
    (text) => {
      pending.current = text;
      clearTimeout(timer.current);
      if (text === "") save();
      else timer.current = setTimeout(save, SAVED_AFTER_MS);
    },
    [save],
  );
}

export function read(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return ""; // Storage is forbidden in some frames: drafts then last as long as the page.
  }
}

export function readDraft(place: DraftPlace): string {
  return read(keyOf(place));
}

function write(key: string, text: string): void {
  try {
    if (text.trim() === "") localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    return;
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
  };
}
