"use client";

import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from "react";

const NEAR_PX = 48;

export interface BottomScroll {
  box: RefObject<HTMLUListElement | null>;
  atEnd: boolean;
  onScroll: () => void;
  toEnd: () => void;
}

/** Follows the newest row while the reader is at the end, and keeps rows still when older ones appear above. */
export function useBottomScroll(first: string | undefined): BottomScroll {
  const box = useRef<HTMLUListElement>(null);
  const height = useRef(0);
  const [atEnd, setAtEnd] = useState(true);

  const toEnd = useCallback(() => {
    box.current?.scrollTo({ top: box.current.scrollHeight });
  }, []);

  // After every render, because a row can also grow: "Seen by", or a reason under a refused message.
  useLayoutEffect(() => {
    if (atEnd) toEnd();
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new first row is the occasion; the height is its measure.
  useLayoutEffect(() => {
    const list = box.current;
    if (list && !atEnd) list.scrollTop += list.scrollHeight - height.current;
  }, [first]);

  useLayoutEffect(() => {
    height.current = box.current?.scrollHeight ?? 0;
  });

  const onScroll = useCallback(() => {
    const list = box.current;
    if (list) setAtEnd(list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_PX);
  }, []);

  return { box, atEnd, onScroll, toEnd };
}
