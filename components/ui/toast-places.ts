const GAP_PX = 8;

interface Toast {
  id: string;
  /** Known once it is drawn, and 0 again while it goes. */
  height?: number | undefined;
}

export interface Place {
  /** Above the lowest one's lower edge. */
  from: number;
  height: number;
}

/**
 * Where each toast lies. It stays there: what comes or goes beside it must not move what somebody is about to press. One that comes takes
 * the lowest place that is free. The same map, where nothing has changed.
 */
export function placesOf(before: ReadonlyMap<string, Place>, toasts: readonly Toast[]): ReadonlyMap<string, Place> {
  const places = new Map([...before].filter(([id]) => toasts.some((toast) => toast.id === id)));
  let same = places.size === before.size;
  for (const { id, height } of toasts.toReversed()) {
    const known = places.get(id);
    if (!height || known?.height === height) continue;
    places.set(id, { from: known?.from ?? lowestFree([...places.values()], height), height });
    same = false;
  }
  return same ? before : places;
}

function lowestFree(taken: Place[], height: number): number {
  let from = 0;
  for (const place of taken.toSorted((one, other) => one.from - other.from)) {
    if (from + height + GAP_PX <= place.from) break;
    from = Math.max(from, place.from + place.height + GAP_PX);
  }
  return from;
}
