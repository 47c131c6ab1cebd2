import { cn } from "../ui/cn.ts";
import { nameOf, type Room } from "./room.ts";

const SHOWN = 5;
const DOTS = { online: "bg-good", away: "border-2 border-warn", offline: "border border-line-strong" };

/** The other members, one dot each: filled is online, a ring is away, an outline is offline. */
export function PresenceDots({ room }: { room: Room }) {
  const others = room.members.filter(({ userId }) => userId !== room.log.me);
  const states = others.map(({ userId }) => ({ userId, state: room.presence[userId]?.state ?? "offline" }));
  const present = states.filter(({ state }) => state !== "offline").length;
  const order = { online: 0, away: 1, offline: 2 };
  const shown = states.toSorted((a, b) => order[a.state] - order[b.state]).slice(0, SHOWN);
  if (others.length === 0) return <p className="h-4" />;
  return (
    <div className="flex h-4 items-center gap-2 text-xs text-muted">
      <ul aria-label="Other members" className="flex gap-1">
        {shown.map(({ userId, state }) => (
          <li
            key={userId}
            title={`${nameOf(room, userId)}: ${state}`}
            className={cn("size-2 rounded-full", DOTS[state])}
          >
            <span className="sr-only">
              {nameOf(room, userId)}: {state}
            </span>
          </li>
        ))}
      </ul>
      <span className="truncate">
        {present} of {others.length} here
      </span>
    </div>
  );
}
