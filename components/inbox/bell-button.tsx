"use client";

import { Bell as BellIcon } from "lucide-react";
import { useUnread } from "../../client/react/use-unread.ts";
import { Button, type ButtonProps } from "../ui/button.tsx";

/** A bell with the number of unread notifications. */
export function BellButton(props: ButtonProps) {
  const { notifications } = useUnread();
  return (
    <Button
      variant="ghost"
      size="icon"
      className="relative pointer-coarse:size-11"
      aria-label={notifications > 0 ? `Notifications, ${notifications} unread` : "Notifications"}
      title="Notifications"
      {...props}
    >
      <BellIcon aria-hidden className="size-4" />
      {notifications > 0 && (
        <span
          aria-hidden
          className="absolute -top-1 -right-1 pointer-coarse:top-1 pointer-coarse:right-1 min-w-4.5 rounded-full bg-accent px-1 text-center font-semibold text-[0.6875rem] text-on-accent leading-4.5 tabular-nums"
        >
          {notifications > 99 ? "99+" : notifications}
        </span>
      )}
    </Button>
  );
}
