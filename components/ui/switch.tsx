"use client";

import { Switch as Base } from "@base-ui/react/switch";

export interface SwitchProps {
  /** The accessible name. */
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  /** The id of what says why it is locked. */
  describedBy?: string;
}

/** On or off at once, without a save button. State shows by place, not by colour alone. */
export function Switch({ label, checked, onChange, disabled, describedBy }: SwitchProps) {
  return (
    <Base.Root
      aria-label={label}
      aria-describedby={describedBy}
      checked={checked}
      disabled={disabled}
      onCheckedChange={onChange}
      className="relative inline-flex h-6 w-10 shrink-0 items-center rounded-full border border-line-strong bg-sunken transition-colors data-[disabled]:opacity-50 data-[checked]:border-accent data-[checked]:bg-accent forced-colors:data-[checked]:border-[Highlight] motion-reduce:transition-none"
    >
      <Base.Thumb className="ml-0.5 size-4.5 rounded-full bg-line-strong transition-transform data-[checked]:translate-x-4 data-[checked]:bg-on-accent forced-colors:bg-[ButtonText] motion-reduce:transition-none" />
    </Base.Root>
  );
}
