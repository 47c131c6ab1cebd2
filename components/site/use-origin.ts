"use client";

import { useSyncExternalStore } from "react";

const never = () => () => {};

/** The address the reader used, so that pasted commands reach the same place. */
export function useOrigin(): string {
  return useSyncExternalStore(
    never,
    () => location.origin,
    () => "http://localhost:3000",
  );
}
