"use client";

import { useSyncExternalStore } from "react";

/** Whether somebody is looking: the tab is shown and its window is in front. */
export function useAttention(): boolean {
  return useSyncExternalStore(subscribe, isLookedAt, () => false);
}

export function isLookedAt(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}

function subscribe(listener: () => void): () => void {
  document.addEventListener("visibilitychange", listener);
  window.addEventListener("focus", listener);
  window.addEventListener("blur", listener);
  return () => {
    document.removeEventListener("visibilitychange", listener);
    window.removeEventListener("focus", listener);
    window.removeEventListener("blur", listener);
  };
}
