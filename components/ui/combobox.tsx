"use client";

import { Combobox as Base } from "@base-ui/react/combobox";
import { Check, X } from "lucide-react";
import { cn } from "./cn.ts";
import { inputClass } from "./input-class.ts";

export interface ComboboxItem {
  value: string;
  label: string;
  hint?: string;
}

export interface MultiComboboxProps {
  label: string;
  items: readonly ComboboxItem[];
  value: readonly ComboboxItem[];
  onChange: (value: ComboboxItem[]) => void;
  placeholder?: string;
  empty?: string;
  /** What is typed, for callers who search elsewhere. */
  onSearch?: (text: string) => void;
}

/** Several of many: typing filters, Enter takes, Backspace takes the last one away. */
export function MultiCombobox(props: MultiComboboxProps) {
  const { label, items, value, onChange, placeholder, empty = "Nothing found", onSearch } = props;
  return (
    <Base.Root
      multiple
      items={items}
      value={[...value]}
      onValueChange={onChange}
      onInputValueChange={onSearch}
      isItemEqualToValue={(item, chosen) => item.value === chosen.value}
      autoHighlight
    >
      <Base.InputGroup className={cn(inputClass, "h-auto min-h-9 px-1.5 py-1 focus-within:border-accent")}>
        <Base.Chips className="flex flex-wrap items-center gap-1">
          {value.map((item) => (
            <Base.Chip
              key={item.value}
              aria-label={item.label}
              className="flex items-center gap-1 rounded-md bg-sunken py-0.5 pr-0.5 pl-2 text-sm"
            >
              {item.label}
              <Base.ChipRemove
                aria-label={`Remove ${item.label}`}
                className="grid size-6 place-items-center rounded text-muted"
              >
                <X aria-hidden className="size-3.5" />
              </Base.ChipRemove>
            </Base.Chip>
          ))}
          <Base.Input
            aria-label={label}
            placeholder={value.length === 0 ? placeholder : undefined}
            className="h-7 min-w-24 flex-1 bg-transparent px-1.5 outline-none placeholder:text-muted"
          />
        </Base.Chips>
      </Base.InputGroup>
      <Base.Portal>
        <Base.Positioner sideOffset={4} className="z-[60]">
          <Base.Popup className="settle max-h-[min(var(--available-height),18rem)] w-[var(--anchor-width)] overflow-y-auto rounded-xl border border-line bg-surface p-1 text-sm text-text shadow-lg">
            <Base.Empty className="px-2.5 py-2 text-muted empty:hidden">{empty}</Base.Empty>
            <Base.List>
              {(item: ComboboxItem) => (
                <Base.Item
                  key={item.value}
                  value={item}
                  className="flex min-h-8 cursor-default select-none items-center gap-2 rounded-lg px-2.5 outline-none data-[highlighted]:bg-sunken pointer-coarse:min-h-11"
                >
                  <span className="flex-1 truncate">{item.label}</span>
                  {item.hint && <span className="truncate text-muted text-xs">{item.hint}</span>}
                  <Base.ItemIndicator>
                    <Check aria-hidden className="size-4" />
                  </Base.ItemIndicator>
                </Base.Item>
              )}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
