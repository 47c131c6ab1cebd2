"use client";

import type { z } from "zod";
import { Field, Textarea } from "../ui/field.tsx";

export type JsonObject = Record<string, z.core.util.JSONType>;

export interface JsonFieldProps {
  label: string;
  hint?: string;
  value: string;
  onChange: (text: string) => void;
  error?: string | undefined;
}

/** Text in which an object in JSON stands; says at once when it is none. */
export function JsonField({ label, hint, value, onChange, error }: JsonFieldProps) {
  const fault = readObject(value) ? undefined : "This is no JSON object yet.";
  return (
    <Field label={label} hint={hint} error={fault ?? error}>
      <Textarea
        value={value}
        onChange={(event) => onChange(event.target.value)}
        spellCheck={false}
        className="min-h-32 font-mono text-xs"
      />
    </Field>
  );
}

/** The object that a text says; {} for none, undefined when it says something else. */
export function readObject(text: string): JsonObject | undefined {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}
