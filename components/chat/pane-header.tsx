import { Plug, Unplug } from "lucide-react";
import { Avatar } from "../ui/avatar.tsx";
import { Button } from "../ui/button.tsx";
import { LinkPill } from "./link-pill.tsx";
import { PresenceDots } from "./presence-dots.tsx";
import { type Room, unreadCount } from "./room.ts";
import type { Session } from "./session.ts";

export function PaneHeader({ session, room }: { session: Session; room: Room }) {
  const { displayName, avatarUrl } = session.user;
  const unread = unreadCount(room);
  const online = room.link !== "offline";
  const Icon = online ? Unplug : Plug;
  return (
    <header className="flex items-center gap-3 border-b border-line px-4 py-3">
      <Avatar name={displayName} src={avatarUrl} />
      <div className="min-w-0 flex-1">
        <h3 className="flex items-center gap-2 text-sm font-medium">
          <span className="truncate">{displayName}</span>
          {unread > 0 && (
            <span className="settle rounded-full bg-accent px-1.5 text-xs font-semibold text-on-accent tabular-nums">
              {unread > 99 ? "99+" : unread}
              <span className="sr-only"> unread</span>
            </span>
          )}
        </h3>
        <PresenceDots room={room} />
      </div>
      <LinkPill link={room.link} />
      <Button
        variant="ghost"
        size="icon"
        aria-label={online ? `Take ${displayName} offline` : `Bring ${displayName} back`}
        title={online ? "Go offline" : "Come back"}
        onClick={() => session.setOnline(!online)}
      >
        <Icon aria-hidden className="size-4" />
      </Button>
    </header>
  );
}
