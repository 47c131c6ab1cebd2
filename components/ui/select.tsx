"use client";

import { Select as Base } from "@base-ui/react/select";
import { Check, ChevronsUpDown } from "lucide-react";
import { cn } from "./cn.ts";
import { inputClass } from "./input-class.ts";

export interface SelectProps<Value extends string> {
  /** The accessible name, where no `Field` gives one. */
  label?: string;
  value: Value;
  options: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
  disabled?: boolean;
  className?: string;
}

/** One of a few. For many or for searching take `Combobox`. */
export function Select<Value extends string>({
  label,
  value,
  options,
  onChange,
  disabled,
  className,
}: SelectProps<Value>) {
  return (
    <Base.Root
      items={options}
      value={value}
      disabled={disabled}
      onValueChange={(chosen) => chosen !== null && onChange(chosen as Value)}
    >
      <Base.Trigger
        aria-label={label}
        className={cn(inputClass, "flex items-center justify-between gap-2 text-left", className)}
      >
        <Base.Value />
        <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-muted" />
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50">
          <Base.Popup className="settle max-h-[var(--available-height)] min-w-[var(--anchor-width)] overflow-y-auto rounded-xl border border-line bg-surface p-1 text-sm text-text shadow-lg outline-none">
            {options.map((option) => (
              <Base.Item
                key={option.value}
                value={option.value}
                className="flex min-h-8 cursor-default select-none items-center gap-2 rounded-lg px-2.5 outline-none data-[highlighted]:bg-sunken pointer-coarse:min-h-11"
              >
                <Base.ItemText className="flex-1">{option.label}</Base.ItemText>
                <Base.ItemIndicator>
                  <Check aria-hidden className="size-4" />
                </Base.ItemIndicator>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
