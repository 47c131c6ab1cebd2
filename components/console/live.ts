import { createContext, useContext, useSyncExternalStore } from "react";
import type { polled } from "./live-paths.ts";

const EVERY_MS = 4_000;

let answering = true;
let streaming = true;
let signedOut = false;
let calls = 0;
let heardUpTo = 0;
let answeredAt: number | null = null;
const listeners = new Set<() => void>();

/** Fetches for the console, and remembers whether anybody answers. */
export async function watchedFetch(...call: Parameters<typeof fetch>): Promise<Response> {
  const place = ++calls;
  try {
    const response = await fetch(...call);
    answeredAt = Date.now();
    report(true);
    // An answer to a call of before is late news.
    if ((response.ok || response.status === 401) && place > heardUpTo) reportSession(response.ok, place);
    return response;
  } catch (error) {
    // Leaving a page cuts off what it asked; that says nothing of the service.
    if (!(error instanceof DOMException && error.name === "AbortError")) report(false);
    throw error;
  }
}

function report(now: boolean): void {
  if (answering === now) return;
  answering = now;
  for (const listener of listeners) listener();
}

/** The same of the connection by which events come. */
export function reportStream(now: boolean): void {
  if (streaming === now) return;
  streaming = now;
  for (const listener of listeners) listener();
}

/**
 * Whether there is a session: without one nothing comes, until somebody signs in here or in another tab.
 * @param place of the call that was told so; all calls up to it know nothing newer
 */
export function reportSession(now: boolean, place = calls): void {
  heardUpTo = place;
  if (signedOut === !now) return;
  signedOut = !now;
  for (const listener of listeners) listener();
}

/** While the reader has paused, nobody is asked, and what was so before says nothing. */
export function isAnswering(paused: boolean): boolean {
  return paused || (answering && streaming);
}

export function useAnswering(): boolean {
  const { paused } = useLive();
  return useSyncExternalStore(
    listen,
    () => isAnswering(paused),
    () => true,
  );
}

export function isSignedOut(): boolean {
  return signedOut;
}

export function useSignedOut(): boolean {
  return useSyncExternalStore(listen, isSignedOut, () => false);
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function lastAnswerAt(): number | null {
  return answeredAt;
}

export interface Live {
  paused: boolean;
  toggle(): void;
}

export const LiveContext = createContext<Live>({ paused: false, toggle: () => {} });

export function useLive(): Live {
  return useContext(LiveContext);
}

/**
 * For queries of what no event tells of: asked anew so often while the page is seen, unless the reader paused them. All others follow the
 * tenant's events.
 */
export function useLiveQuery(_path: keyof typeof polled, everyMs = EVERY_MS): { refetchInterval: number | false } {
  return { refetchInterval: useLive().paused ? false : everyMs };
}
