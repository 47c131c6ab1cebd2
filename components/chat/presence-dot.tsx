import type { Presence } from "../../client/types.ts";
import { cn } from "../ui/cn.ts";

const DOTS = {
  online: "bg-good forced-colors:bg-[CanvasText]",
  away: "border-2 border-warn bg-surface",
  offline: "border border-line-strong bg-surface",
};

/** Filled is online, a ring is away, an outline is offline; the word is there for those who see neither. Nothing where it is not known. */
export function PresenceDot({ presence, className }: { presence: Presence | undefined; className?: string }) {
  if (!presence) return null;
  const { state } = presence;
  return (
    <span className={cn("inline-block size-2.5 rounded-full", DOTS[state], className)}>
      <span className="sr-only">{state}</span>
    </span>
  );
}

export function presenceWords(presence: Presence | undefined, now: Date): string {
  if (!presence) return "";
  if (presence.state !== "offline") return presence.state;
  if (!presence.lastSeen) return "offline";
  const minutes = Math.round((now.getTime() - Date.parse(presence.lastSeen)) / 60_000);
  if (minutes < 1) return "seen just now";
  if (minutes < 60) return `seen ${minutes} min ago`;
  return minutes < 1_440 ? `seen ${Math.round(minutes / 60)} h ago` : `seen ${Math.round(minutes / 1_440)} d ago`;
}
