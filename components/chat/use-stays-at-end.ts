import type { Virtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useRef } from "react";

/** Who is at the end stays there when what is around the list takes some of its height: a keyboard, a draft of many lines, a search. */
export function useStaysAtEnd(virtual: Virtualizer<HTMLDivElement, Element>, atEnd: boolean): void {
  const height = virtual.scrollRect?.height ?? 0;
  const before = useRef({ height, atEnd });
  useLayoutEffect(() => {
    if (before.current.atEnd && height < before.current.height) virtual.scrollToEnd();
    before.current = { height, atEnd };
  });
}
