import { useEffect, useState } from "react";

/** A state that is undefined again after so many ms. */
export function useFading<T>(ms: number): [T | undefined, (value: T) => void] {
  const [value, setValue] = useState<T>();
  useEffect(() => {
    if (value === undefined) return;
    const timer = setTimeout(() => setValue(undefined), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return [value, setValue];
}
