import { useEffect, useState } from "react";

const QUIET_MS = 300;

/** A value once it has not changed for a moment: for what is asked while somebody types. */
export function useDebounced<T>(value: T): T {
  const [settled, settle] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => settle(value), QUIET_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
