"use client";

import { useState } from "react";
import { buttonClass } from "../ui/button.tsx";
import { Popover } from "../ui/popover.tsx";
import type { BellProps } from "./bell.tsx";
import { BellButton } from "./bell-button.tsx";
import { NotificationList } from "./notification-list.tsx";

const SHOWN = 8;

/** Opens at once: it is loaded by the first click on the bell. */
export default function BellPopover({ inboxLink, onOpenChat }: BellProps) {
  const [open, setOpen] = useState(true);
  return (
    <Popover
      label="Notifications"
      open={open}
      onOpenChange={setOpen}
      className="flex w-[min(24rem,calc(100vw-2rem))] flex-col"
      trigger={<BellButton />}
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
        <a {...inboxLink} className={`${buttonClass({ variant: "ghost" })} w-full`}>
          All notifications
        </a>
      </div>
    </Popover>
  );
}
