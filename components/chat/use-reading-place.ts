import type { Virtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useLayoutEffect, useRef } from "react";
import type { TimelineRow } from "./timeline-rows.ts";

/** The first message in view, where it is, and with which message the list began then. */
interface Place {
  key: string;
  below: number;
  oldest: number;
}

/** Until what came in above is measured, in frames. */
const HOLD_FRAMES = 12;

/**
 * Holds the first message in view where it is when older ones come in above, and while those are measured, unless somebody scrolls. The
 * virtual list holds the row that is topmost, and where that is the line of a day or what stands above the oldest message, it goes up with
 * what came in. `watch` is for the element that scrolls; `release` is to be called before anything else scrolls it.
 */
export function useReadingPlace(virtual: Virtualizer<HTMLDivElement, Element>, rows: readonly TimelineRow[]) {
  const place = useRef<Place>(undefined);
  const frame = useRef<number>(undefined);

  const note = () => {
    if (frame.current !== undefined) return;
    const offset = virtual.scrollOffset ?? 0;
    const item = virtual.getVirtualItems().find(({ index, end }) => rows[index]?.kind === "message" && end > offset);
    if (item) place.current = { key: String(item.key), below: item.start - offset, oldest: oldestOf(rows) };
  };

  const release = useCallback(() => {
    cancelAnimationFrame(frame.current ?? 0);
    frame.current = undefined;
  }, []);

  const hold = (frames: number) => {
    frame.current = frames === 0 ? undefined : requestAnimationFrame(() => hold(frames - 1));
  };

  // With each drawing, so that nobody sees where it would have gone.
  useLayoutEffect(() => {
    const { current: before } = place;
    if (before && oldestOf(rows) < before.oldest) {
      before.oldest = oldestOf(rows);
      release();
      hold(HOLD_FRAMES);
    }
    if (!before || frame.current === undefined) return note();
    const start = virtual.measurementsCache[rows.findIndex(({ key }) => key === before.key)]?.start;
    if (start !== undefined && Math.abs((virtual.scrollOffset ?? 0) - start + before.below) >= 1)
      virtual.scrollToOffset(start - before.below);
  });

  useEffect(() => release, [release]);
  return { release, watch: { onScroll: note, onWheel: release, onTouchMove: release } };
}

function oldestOf(rows: readonly TimelineRow[]): number {
  const first = rows.find((row) => row.kind === "message");
  return first?.kind === "message" ? first.message.seq : 0;
}
