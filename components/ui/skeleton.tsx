import { cn } from "./cn.ts";

export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cn("block motion-safe:animate-pulse rounded-md bg-line/60", className)} />;
}
