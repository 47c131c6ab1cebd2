import type { ReactNode } from "react";
import { cn } from "./cn.ts";

export interface StatusProps {
  children?: ReactNode;
  className?: string | undefined;
}

/**
 * Where it is said what has come of something. It stands there before, empty and without a place: a screen reader reads out what comes into
 * it, and not what comes together with it or was hidden.
 */
export function Status({ children, className }: StatusProps) {
  return (
    <div role="status" className={cn(className, "empty:sr-only")}>
      {children}
    </div>
  );
}
