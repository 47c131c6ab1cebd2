"use client";

import { Field as Base } from "@base-ui/react/field";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "./cn.ts";
import { inputClass } from "./input-class.ts";

export interface FieldProps {
  label: string;
  hint?: ReactNode;
  /** What is wrong, in words; shown beside the field and read with it. */
  error?: string | undefined;
  /** One control, which the label names. */
  children: ReactNode;
  className?: string;
}

export function Field({ label, hint, error, children, className }: FieldProps) {
  return (
    <Base.Root invalid={error !== undefined} className={cn("flex min-w-0 flex-col gap-1.5", className)}>
      <Base.Label className="font-medium text-sm">{label}</Base.Label>
      {children}
      {hint && <Base.Description className="text-muted text-xs leading-5">{hint}</Base.Description>}
      {error !== undefined && (
        <Base.Error match className="text-bad text-sm">
          {error}
        </Base.Error>
      )}
    </Base.Root>
  );
}

/** A text box; inside a `Field` its label, hint and error are wired to it. */
export function Input({ className, ...rest }: ComponentProps<typeof Base.Control>) {
  return <Base.Control className={cn(inputClass, className as string)} {...rest} />;
}

export function Textarea({ className, ...rest }: ComponentProps<"textarea">) {
  return (
    <Base.Control
      render={
        <textarea
          {...rest}
          className={cn(inputClass, "field-sizing-content h-auto max-h-96 min-h-20 py-2 leading-6", className)}
        />
      }
    />
  );
}
