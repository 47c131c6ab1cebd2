"use client";

import { Menu as Base } from "@base-ui/react/menu";
import { Check, type LucideIcon } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { cn } from "./cn.ts";
import { Kbd } from "./kbd.tsx";

export interface MenuProps {
  /** The button that opens it; gets the ARIA attributes. */
  trigger: ReactElement;
  children: ReactNode;
  align?: "start" | "center" | "end";
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}

/** A menu of actions: arrows move, letters jump, Escape closes. */
export function Menu({ trigger, children, align = "end", ...state }: MenuProps) {
  return (
    <Base.Root {...state}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} className="z-50">
          <Base.Popup className="settle min-w-44 rounded-xl border border-line bg-surface p-1 text-sm text-text shadow-lg outline-none">
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

const itemClass =
  "flex min-h-8 cursor-default select-none items-center gap-2 rounded-lg px-2.5 outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-sunken pointer-coarse:min-h-11";

export interface MenuItemProps {
  icon?: LucideIcon;
  children: ReactNode;
  onSelect: () => void;
  shortcut?: string;
  danger?: boolean;
  disabled?: boolean;
}

export function MenuItem({
  icon: Icon,
  children,
  onSelect,
  shortcut,
  danger = false,
  disabled = false,
}: MenuItemProps) {
  return (
    <Base.Item disabled={disabled} onClick={onSelect} className={cn(itemClass, danger && "text-bad")}>
      {Icon && <Icon aria-hidden className="size-4 shrink-0" />}
      <span className="flex-1">{children}</span>
      {shortcut && <Kbd>{shortcut}</Kbd>}
    </Base.Item>
  );
}

export function MenuSeparator() {
  return <Base.Separator className="my-1 h-px bg-line" />;
}

export interface MenuChoicesProps<Value extends string> {
  label: string;
  value: Value;
  options: readonly { value: Value; label: string; hint?: string; icon: LucideIcon }[];
  onChange: (value: Value) => void;
}

/** One of a few, of which the present one is marked. */
export function MenuChoices<Value extends string>({ label, value, options, onChange }: MenuChoicesProps<Value>) {
  return (
    <Base.RadioGroup value={value} onValueChange={onChange}>
      <Base.GroupLabel className="px-2.5 py-1 text-muted text-xs">{label}</Base.GroupLabel>
      {options.map(({ value, label, hint, icon: Icon }) => (
        <Base.RadioItem key={value} value={value} closeOnClick className={itemClass}>
          <Icon aria-hidden className="size-4 shrink-0" />
          <span className="flex-1">
            {label}
            {hint && <span className="text-muted"> {hint}</span>}
          </span>
          <Base.RadioItemIndicator>
            <Check aria-hidden className="size-4" />
          </Base.RadioItemIndicator>
        </Base.RadioItem>
      ))}
    </Base.RadioGroup>
  );
}
