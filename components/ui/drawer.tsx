"use client";

import { Dialog as Base } from "@base-ui/react/dialog";
import { ArrowLeft, ArrowRight, type LucideIcon, X } from "lucide-react";
import type { KeyboardEvent, ReactNode } from "react";
import { cn } from "./cn.ts";
import { IconButton } from "./icon-button.tsx";
import { ReturnFocus } from "./return-focus.tsx";

export interface DrawerProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** Beside the title: "open full page". */
  actions?: ReactNode;
  /** To what comes before and after it in its list, by button and by ← and →; undefined at an end. */
  steps?: { onPrevious: (() => void) | undefined; onNext: (() => void) | undefined };
  children: ReactNode;
  side?: "left" | "right";
  /** False: the page beside it stays usable, as beside a row that one steps through. */
  modal?: boolean;
  className?: string;
}

/** Where arrows have a meaning of their own. */
const takesArrows = "input, textarea, select, pre, [role=tablist], [role=menu], [role=listbox], [role=radiogroup]";

/** A sheet from the side; below 640 px it takes the whole width. Escape closes it and gives the focus back. */
export function Drawer(props: DrawerProps) {
  const { open, onOpenChange, title, actions, steps, children, side = "right", modal = true, className } = props;

  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowLeft: steps?.onPrevious, ArrowRight: steps?.onNext }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.target instanceof Element && event.target.closest(takesArrows)) return;
    event.preventDefault();
    step();
  }

  return (
    <Base.Root open={open} onOpenChange={onOpenChange} modal={modal} disablePointerDismissal={!modal}>
      <Base.Portal>
        {modal && (
          <Base.Backdrop className="fixed inset-0 z-40 bg-black/40 transition-opacity data-[ending-style]:opacity-0 data-[starting-style]:opacity-0 motion-reduce:transition-none" />
        )}
        <Base.Popup
          onKeyDown={onKeyDown}
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
            {steps && (
              <>
                <Step icon={ArrowLeft} label="Previous" onStep={steps.onPrevious} />
                <Step icon={ArrowRight} label="Next" onStep={steps.onNext} />
              </>
            )}
            {actions}
            <Base.Close render={<IconButton icon={X} label="Close" />} />
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** At an end it keeps the focus, which would be lost with a barred button. */
function Step({ icon, label, onStep }: { icon: LucideIcon; label: string; onStep: (() => void) | undefined }) {
  return (
    <IconButton
      icon={icon}
      label={label}
      aria-disabled={onStep === undefined}
      onClick={onStep}
      className="aria-disabled:opacity-50"
    />
  );
}
