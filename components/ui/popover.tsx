"use client";

import { Popover as Base } from "@base-ui/react/popover";
import type { ReactElement, ReactNode } from "react";
import { cn } from "./cn.ts";

export interface PopoverProps {
  trigger: ReactElement;
  /** The accessible name of what opens. */
  label: string;
  children: ReactNode;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  align?: "start" | "center" | "end";
  side?: "top" | "bottom";
  className?: string;
}

/** A small panel beside its button. Escape and a click elsewhere close it. */
export function Popover({
  trigger,
  label,
  children,
  align = "end",
  side = "bottom",
  className,
  ...state
}: PopoverProps) {
  return (
    <Base.Root {...state}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} align={align} side={side} className="z-50">
          <Base.Popup
            aria-label={label}
            className={cn(
              "settle max-h-[var(--available-height)] max-w-[var(--available-width)] rounded-2xl border border-line bg-surface text-text shadow-xl outline-none",
              className,
            )}
          >
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
