"use client";

import { useId } from "react";
import { cn } from "../ui/cn.ts";
import { inputClass } from "../ui/input-class.ts";

export interface LabelledSelectProps<Value extends string> {
  label: string;
  hint?: string;
  /** What is wrong, in words; shown beside the list and read with it. */
  error?: string | undefined;
  /** An empty value is refused before anything is sent. */
  required?: boolean;
  value: Value;
  options: readonly { value: Value; label: string; disabled?: boolean }[];
  onChange: (value: Value) => void;
  className?: string;
}

/** The browser's own list with its label above, as the fields of a form stand. */
export function LabelledSelect<Value extends string>(props: LabelledSelectProps<Value>) {
  const { label, hint, error, required, value, options, onChange, className } = props;
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className={cn("flex min-w-0 flex-col gap-1.5", className)}>
      <label htmlFor={id} className="font-medium text-sm">
        {label}
      </label>
      <select
        id={id}
        value={value}
        required={required}
        aria-invalid={error ? true : undefined}
        aria-describedby={described || undefined}
        onChange={(event) => onChange(event.target.value as Value)}
        className={inputClass}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled}>
            {option.label}
          </option>
        ))}
      </select>
      {hint && (
        <p id={`${id}-hint`} className="text-muted text-xs leading-5">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="text-bad text-sm">
          {error}
        </p>
      )}
    </div>
  );
}
