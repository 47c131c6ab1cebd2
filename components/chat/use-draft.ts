"use client";

import { useCallback, useEffect, useRef, useSyncExternalStore } from "react";
import { keepText, listenToKept, readKept } from "../ui/kept-text.ts";

const SAVED_AFTER_MS = 500;
const PREFIX = "parley/draft/";

/** Where one person's draft of one chat is kept in this browser. */
export interface DraftPlace {
  tenantId: string;
  me: string;
  chatId: string;
}

/** None for somebody who is not named yet: it would be the same one for whoever comes next. */
function keyOf({ tenantId, me, chatId }: DraftPlace): string | undefined {
  return me === "" ? undefined : `${PREFIX}${tenantId}/${me}/${chatId}`;
}

/** The draft that is kept, in this tab or another of the browser; "" for none. */
export function useKeptDraft(place: DraftPlace): string {
  const key = keyOf(place);
  return useSyncExternalStore(
    listenToKept,
    () => read(key),
    () => "",
  );
}

/**
 * Keeps a draft half a second after the last key, and at once when its chat or the page is left.
 * @param onOther what another tab has made of the draft, or has sent, while this one had nothing new
 */
export function useDraftKeeper(place: DraftPlace, onOther: (text: string) => void): (text: string) => void {
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
  const latest = useRef(onOther);
  useEffect(() => {
    latest.current = onOther;
  });
  useEffect(() => {
    const onStorage = (event: StorageEvent) => {
      const text = draftOfOther(event, key, pending.current !== undefined);
      if (text !== undefined) latest.current(text);
    };
    window.addEventListener("storage", onStorage);
    return () => window.removeEventListener("storage", onStorage);
  }, [key]);
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

/** What a box shows from now on, as another tab has changed its draft; undefined where it stays as it is. */
export function draftOfOther(
  { key, newValue }: Pick<StorageEvent, "key" | "newValue">,
  own: string | undefined,
  isTypedIn: boolean,
): string | undefined {
  return key === own && !isTypedIn ? (newValue ?? "") : undefined;
}

/** A box whose person gets another name once the service has said it: what was kept under that, then what was typed meanwhile. */
export function withKept(kept: string, typed: string): string {
  return [kept, typed].filter(Boolean).join("\n");
}

export function readDraft(place: DraftPlace): string {
  return read(keyOf(place));
}

export function writeDraft(place: DraftPlace, text: string): void {
  write(keyOf(place), text);
}

function read(key: string | undefined): string {
  return key === undefined ? "" : readKept(key);
}

function write(key: string | undefined, text: string): void {
  if (key !== undefined) keepText(key, text.trim() === "" ? "" : text);
}
