"use client";

import { AlertDialog as Alert } from "@base-ui/react/alert-dialog";
import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import { type ReactElement, type ReactNode, useRef } from "react";
import { Button } from "./button.tsx";
import { cn } from "./cn.ts";
import { IconButton } from "./icon-button.tsx";
import { ReturnFocus } from "./return-focus.tsx";

const backdrop =
  "fixed inset-0 z-40 bg-black/40 transition-opacity data-[ending-style]:opacity-0 data-[starting-style]:opacity-0 motion-reduce:transition-none";
const popup =
  "-translate-x-1/2 -translate-y-1/2 fixed top-1/2 left-1/2 z-50 flex max-h-[min(90dvh,48rem)] w-[min(calc(100vw-2rem),32rem)] flex-col rounded-2xl border border-line bg-surface text-text shadow-xl";

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: string;
  children: ReactNode;
  /** The row of buttons below; what closes the dialog calls `onOpenChange`. */
  footer?: ReactNode;
  className?: string;
}

/** A modal dialog: traps and gives back the focus, closes with Escape. */
export function Dialog({ open, onOpenChange, title, description, children, footer, className }: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      <Base.Portal>
        <Base.Backdrop className={backdrop} />
        <Base.Popup data-dialog className={cn(popup, className)}>
          <ReturnFocus />
          <div className="flex items-start justify-between gap-4 px-5 pt-5">
            <div className="min-w-0">
              <Base.Title className="wrap-anywhere font-semibold text-lg tracking-tight">{title}</Base.Title>
              {description && <Base.Description className="mt-1 text-muted text-sm">{description}</Base.Description>}
            </div>
            <Base.Close render={<IconButton icon={X} label="Close" className="-mt-1 -mr-2" />} />
          </div>
          <div className="min-h-0 flex-1 scroll-pb-20 overflow-y-auto px-5 py-4">{children}</div>
          {footer && (
            <footer className="flex flex-wrap justify-end gap-2 border-line border-t px-5 py-4">{footer}</footer>
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** The buttons of a form that fills a dialog, as its last part: they stay in sight while the fields above them scroll. */
export function DialogButtons({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <div
      className={cn(
        "-mx-5 -mb-4 sticky -bottom-4 z-10 flex flex-wrap justify-end gap-2 rounded-b-2xl border-line border-t bg-surface px-5 py-4",
        className,
      )}
    >
      {children}
    </div>
  );
}

export interface ConfirmDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** Names the thing and the consequence. */
  children: ReactNode;
  confirm: string;
  onConfirm: () => void;
  /** What closes it and changes nothing; "Cancel" unless the question is about a cancellation, null where one cannot go back. */
  dismiss?: string | null;
  /** "primary" where nothing is lost by it. */
  variant?: "danger" | "primary";
  /** Until it is false the confirmation is barred, by a typed name for example. */
  barred?: boolean;
  /** The confirmation has the focus at first, and not the way back. */
  confirmsByEnter?: boolean;
  /** What has the focus afterwards; what had it before where that is null. */
  returnTo?: () => HTMLElement | null;
  trigger?: ReactElement;
}

/** Asks before what cannot be undone, or should not be done in passing. Only its buttons and Escape close it. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, onOpenChange, title, children, confirm, onConfirm, barred = false, trigger } = props;
  const { dismiss = "Cancel", variant = "danger", confirmsByEnter = false, returnTo } = props;
  const confirmation = useRef<HTMLButtonElement>(null);
  return (
    <Alert.Root open={open} onOpenChange={onOpenChange}>
      {trigger && <Alert.Trigger render={trigger} />}
      <Alert.Portal>
        <Alert.Backdrop className={backdrop} />
        <Alert.Popup
          data-dialog
          className={cn(popup, "w-[min(calc(100vw-2rem),26rem)] p-5")}
          initialFocus={confirmsByEnter ? confirmation : undefined}
          finalFocus={returnTo}
        >
          <ReturnFocus />
          <Alert.Title className="wrap-anywhere font-semibold text-lg tracking-tight">{title}</Alert.Title>
          <Alert.Description render={<div />} className="mt-2 space-y-3 text-muted text-sm leading-6">
            {children}
          </Alert.Description>
          <div className="mt-5 flex justify-end gap-2">
            {dismiss !== null && <Alert.Close render={<Button>{dismiss}</Button>} />}
            <Alert.Close
              ref={confirmation}
              render={
                // A second press while it closes confirms nothing.
                <Button variant={variant} disabled={barred} onClick={() => open && onConfirm()}>
                  {confirm}
                </Button>
              }
            />
          </div>
        </Alert.Popup>
      </Alert.Portal>
    </Alert.Root>
  );
}
