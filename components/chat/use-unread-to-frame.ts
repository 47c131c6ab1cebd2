"use client";

import { useEffect } from "react";
import { tellFrame } from "./token-source.ts";

/** Tells the app around the page how much is unread, for a badge of its own. */
export function useUnreadToFrame(count: number): void {
  useEffect(() => tellFrame({ type: "parley:unread", count }), [count]);
}
