"use client";

import { AlertDialog } from "@base-ui/react/alert-dialog";
import type { ReactNode } from "react";
import { ReturnFocus } from "../ui/return-focus.tsx";

/** A dialog that neither Escape nor a click beside it closes: what is in it must be answered. */
export function ConfirmlessDialog({ title, children }: { title: string; children: ReactNode }) {
  return (
    <AlertDialog.Root open onOpenChange={() => {}}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <AlertDialog.Popup
          data-dialog
          data-unanswered
          className="-translate-x-1/2 -translate-y-1/2 fixed top-1/2 left-1/2 z-50 w-[min(calc(100vw-2rem),32rem)] rounded-2xl border border-line bg-surface p-5 text-text shadow-xl"
        >
          <ReturnFocus />
          <AlertDialog.Title className="mb-2 font-semibold text-lg tracking-tight">{title}</AlertDialog.Title>
          {children}
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
