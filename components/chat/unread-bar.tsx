"use client";

import { useState } from "react";
import type { ChatRoom } from "../../client/chat-room.ts";
import { Button } from "../ui/button.tsx";
import { exactTimeOf, whenOf } from "./times.ts";
import { useToday } from "./use-today.ts";
import type { UnreadSnapshot } from "./use-unread-snapshot.ts";

export interface UnreadBarProps {
  snapshot: UnreadSnapshot;
  room: ChatRoom;
  lastSeq: number;
  /** When the first of them was sent, where that is known. */
  since: string | undefined;
  onJump: () => void;
}

/** What was unread at entry, and the ways to the first of it and past all of it. */
export function UnreadBar({ snapshot, room, lastSeq, since, onJump }: UnreadBarProps) {
  const [dismissed, setDismissed] = useState(false);
  const today = useToday();
  if (dismissed) return null;
  const count = snapshot.count > 99 ? "More than 99 new" : `${snapshot.count} new`;
  return (
    <div className="flex items-center justify-between gap-2 border-line border-b bg-sunken px-4 py-1 text-sm">
      <span className="truncate">
        {count}
        {since && (
          <>
            {" since "}
            <time dateTime={since} title={exactTimeOf(since)}>
              {whenOf(since, today)}
            </time>
          </>
        )}
      </span>
      <span className="flex shrink-0 gap-1">
        <Button size="sm" variant="ghost" onClick={onJump}>
          Jump to first
        </Button>
        <Button
          size="sm"
          variant="ghost"
          onClick={() => {
            room.markRead(lastSeq);
            setDismissed(true);
          }}
        >
          Mark read
        </Button>
      </span>
    </div>
  );
}
