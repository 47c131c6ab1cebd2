"use client";

import { X } from "lucide-react";
import { useEffect, useState } from "react";
import { urgentItems } from "../../client/inbox-state.ts";
import { useParley, useParleyState } from "../../client/react/provider.tsx";
import type { Notification } from "../../client/types.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { keepUrgent } from "./notification-announcer.tsx";
import { PriorityMark } from "./priority-mark.tsx";

/**
 * The newest urgent notification that is unread, over everything until it is read or put away: a bar above would move everything, and a
 * press that is under way would go astray. At the bottom, clear of toasts and of what is said of the line; no filter lies there.
 */
export function UrgentStrip({ onOpen }: { onOpen: (item: Notification) => void }) {
  const client = useParley();
  const inbox = useParleyState((state) => state.inbox);
  const [away, setAway] = useState<readonly string[]>([]);
  // It says itself what is on it.
  useEffect(() => client.onEvent(keepUrgent), [client]);
  const urgent = urgentItems(inbox).find(({ id }) => !away.includes(id));
  if (!urgent) return <div role="status" className="sr-only" />;
  return (
    <div
      role="status"
      className="absolute inset-x-4 bottom-20 z-20 flex items-center gap-3 rounded-xl border border-bad bg-surface py-2 pr-2 pl-4 text-sm shadow-lg md:bottom-4 md:left-auto md:w-96"
    >
      <PriorityMark priority="Urgent" />
      <button
        type="button"
        onClick={() => onOpen(urgent)}
        className="min-h-6 min-w-0 flex-1 rounded text-left font-medium underline-offset-4 hover:underline pointer-coarse:min-h-11"
      >
        <span className="line-clamp-2 [overflow-wrap:anywhere]">{urgent.subject}</span>
      </button>
      <IconButton icon={X} label="Put away" onClick={() => setAway([...away, urgent.id])} />
    </div>
  );
}
