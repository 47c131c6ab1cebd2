"use client";

import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn.ts";
import { IconButton } from "./icon-button.tsx";
import { ReturnFocus } from "./return-focus.tsx";

export interface DrawerProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** Beside the title: "open full page", previous and next. */
  actions?: ReactNode;
  children: ReactNode;
  side?: "left" | "right";
  /** False: the page beside it stays usable, as beside a row that one steps through. */
  modal?: boolean;
  className?: string;
}

/** A sheet from the side; below 640 px it takes the whole width. Escape closes it and gives the focus back. */
export function Drawer(props: DrawerProps) {
  const { open, onOpenChange, title, actions, children, side = "right", modal = true, className } = props;
  return (
    <Base.Root open={open} onOpenChange={onOpenChange} modal={modal} disablePointerDismissal={!modal}>
      <Base.Portal>
        {modal && (
          <Base.Backdrop className="fixed inset-0 z-40 bg-black/40 transition-opacity data-[ending-style]:opacity-0 data-[starting-style]:opacity-0 motion-reduce:transition-none" />
        )}
        <Base.Popup
          className={cn(
            "fixed inset-y-0 z-50 flex w-full flex-col border-line bg-surface text-text shadow-xl transition-transform sm:w-[30rem] motion-reduce:transition-none",
            side === "right"
              ? "right-0 border-l data-[ending-style]:translate-x-full data-[starting-style]:translate-x-full"
              : "left-0 border-r data-[ending-style]:-translate-x-full data-[starting-style]:-translate-x-full",
            className,
          )}
        >
          <ReturnFocus />
          <div className="flex items-center gap-2 border-line border-b px-4 py-3">
            <Base.Title className="min-w-0 flex-1 truncate font-semibold text-base">{title}</Base.Title>
            {actions}
            <Base.Close render={<IconButton icon={X} label="Close" />} />
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
