import { type RefObject, useEffect, useRef } from "react";

/** Whether what asked is closed by now: its answer then takes nobody away from where they have gone on to. */
export function useClosed(): RefObject<boolean> {
  const closed = useRef(false);
  useEffect(() => {
    closed.current = false;
    return () => {
      closed.current = true;
    };
  }, []);
  return closed;
}
