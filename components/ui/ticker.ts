/**
 * One timer for all that have to look again, while there is any: they change together, and the page wakes once.
 * @param everyMs between two looks
 */
export function makeTicker(everyMs: number): (tell: () => void) => () => void {
  const listeners = new Set<() => void>();
  let timer: ReturnType<typeof setInterval> | undefined;
  return (tell) => {
    listeners.add(tell);
    timer ??= setInterval(() => {
      for (const listener of listeners) listener();
    }, everyMs);
    return () => {
      listeners.delete(tell);
      if (listeners.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  };
}
