"use client";

import { Bell as BellIcon } from "lucide-react";
import { useState } from "react";
import { useUnread } from "../../client/react/use-unread.ts";
import { Button, buttonClass } from "../ui/button.tsx";
import { Popover } from "../ui/popover.tsx";
import { NotificationList } from "./notification-list.tsx";

const SHOWN = 8;

export interface BellProps {
  /** The address of the whole inbox. */
  inboxHref: string;
  onOpenChat?: (chatId: string) => void;
}

/** The newest notifications behind a bell with their number. */
export function Bell({ inboxHref, onOpenChat }: BellProps) {
  const { notifications } = useUnread();
  const [open, setOpen] = useState(false);
  return (
    <Popover
      label="Notifications"
      open={open}
      onOpenChange={setOpen}
      className="flex w-[min(24rem,calc(100vw-2rem))] flex-col"
      trigger={
        <Button
          variant="ghost"
          size="icon"
          className="relative pointer-coarse:size-11"
          aria-label={notifications > 0 ? `Notifications, ${notifications} unread` : "Notifications"}
          title="Notifications"
        >
          <BellIcon aria-hidden className="size-4" />
          {notifications > 0 && (
            <span
              aria-hidden
              className="absolute -top-1 -right-1 min-w-4.5 rounded-full bg-accent px-1 text-center font-semibold text-[0.6875rem] text-on-accent leading-4.5 tabular-nums"
            >
              {notifications > 99 ? "99+" : notifications}
            </span>
          )}
        </Button>
      }
    >
      <div className="max-h-[min(32rem,70dvh)] overflow-y-auto p-3">
        <NotificationList
          filter="all"
          most={SHOWN}
          onOpenChat={
            onOpenChat &&
            ((chatId) => {
              setOpen(false);
              onOpenChat(chatId);
            })
          }
        />
      </div>
      <div className="border-line border-t p-2">
        <a href={inboxHref} className={`${buttonClass({ variant: "ghost" })} w-full`}>
          All notifications
        </a>
      </div>
    </Popover>
  );
}
