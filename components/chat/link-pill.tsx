import type { Link } from "../../client/state.ts";
import { cn } from "../ui/cn.ts";

const WORDS: Record<Link, string> = {
  connecting: "Connecting",
  live: "Live",
  reconnecting: "Reconnecting",
  offline: "Offline",
  "signed-out": "Signed out",
};

const DOTS: Record<Link, string> = {
  connecting: "border border-warn",
  live: "bg-good",
  reconnecting: "border border-warn motion-safe:animate-pulse",
  offline: "border border-line-strong",
  "signed-out": "border border-bad",
};

/** Word and shape tell the state; the colour only underlines it. */
export function LinkPill({ link }: { link: Link }) {
  return (
    <span
      role="status"
      aria-label={`Connection: ${WORDS[link]}`}
      className="inline-flex h-6 items-center gap-1.5 whitespace-nowrap rounded-full border border-line px-2 text-xs text-muted"
    >
      <span aria-hidden className={cn("size-2 rounded-full", DOTS[link])} />
      {WORDS[link]}
    </span>
  );
}
