"use client";

import { useState } from "react";
import type { ChatRoom } from "../../client/chat-room.ts";
import { Button } from "../ui/button.tsx";
import type { UnreadSnapshot } from "./use-unread-snapshot.ts";

export interface UnreadBarProps {
  snapshot: UnreadSnapshot;
  room: ChatRoom;
  lastSeq: number;
  onJump: () => void;
}

/** What was unread at entry, and the ways to the first of it and past all of it. */
export function UnreadBar({ snapshot, room, lastSeq, onJump }: UnreadBarProps) {
  const [dismissed, setDismissed] = useState(false);
  if (dismissed) return null;
  const count = snapshot.count > 99 ? "More than 99 new" : `${snapshot.count} new`;
  return (
    <div className="flex items-center justify-between gap-2 border-line border-b bg-sunken px-4 py-1 text-sm">
      <span className="truncate">{count}</span>
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
