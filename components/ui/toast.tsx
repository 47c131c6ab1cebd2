"use client";

import { Toast as Base } from "@base-ui/react/toast";
import { X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { buttonClass } from "./button.tsx";
import { cn } from "./cn.ts";
import { IconButton } from "./icon-button.tsx";
import { placesOf } from "./toast-places.ts";

/** Long enough to read and to undo; hover and focus hold it. */
const LASTS_MS = 8_000;
/** More than anybody makes in that time: one that is over it would still show, and its Undo would do nothing. */
const LIMIT = 50;

export interface ToastOptions {
  title: string;
  description?: string;
  tone?: "plain" | "bad";
  action?: { label: string; onClick: () => void };
}

/**
 * The region is there from the first paint, polite, at the bottom, and on wide windows at the left, where no dialog lies. Below a dialog
 * while one is open, whose buttons it would cover; on a phone above the box in which one writes. Wraps what wants to `useToast`.
 */
export function ToastProvider({ children }: { children: ReactNode }) {
  return (
    <Base.Provider timeout={LASTS_MS} limit={LIMIT}>
      {children}
      <Base.Portal>
        <Base.Viewport className="fixed inset-x-4 bottom-4 z-[60] mx-auto max-w-sm sm:right-auto sm:w-84 max-sm:[body:has([data-composer])_&]:bottom-36 [body:has([data-dialog])_&]:z-30">
          <Toasts />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

/**
 * Shows the result of one's own act elsewhere on the screen; errors belong beside their field or panel instead. What is answered takes it
 * away, for when it is not true any more.
 */
export function useToast(): (options: ToastOptions) => () => void {
  const manager = Base.useToastManager();
  return ({ title, description, tone = "plain", action }) => {
    const id = manager.add({
      title,
      description,
      type: tone,
      ...(action && {
        actionProps: {
          children: action.label,
          onClick: () => {
            manager.close(id);
            action.onClick();
          },
        },
      }),
    });
    return () => manager.close(id);
  };
}

function Toasts() {
  const { toasts } = Base.useToastManager();
  const [before, keep] = useState<ReturnType<typeof placesOf>>(new Map());
  const places = placesOf(before, toasts);
  if (places !== before) keep(places);
  return toasts.map((toast) => (
    <Base.Root
      key={toast.id}
      toast={toast}
      swipeDirection={["down", "right"]}
      style={{ bottom: places.get(toast.id)?.from }}
      className={cn(
        "settle absolute inset-x-0 rounded-xl border border-line bg-surface shadow-lg transition-opacity data-[ending-style]:opacity-0",
        toast.type === "bad" && "border-bad",
        !places.has(toast.id) && "invisible",
      )}
    >
      <Base.Content className="flex items-center gap-3 py-2 pr-2 pl-4">
        <div className="min-w-0 flex-1 py-1 text-sm">
          <Base.Title className="font-medium" />
          <Base.Description className="text-muted" />
        </div>
        {toast.actionProps && <Base.Action className={buttonClass({ size: "sm" })} />}
        <Base.Close render={<IconButton icon={X} label="Dismiss" />} />
      </Base.Content>
    </Base.Root>
  ));
}
