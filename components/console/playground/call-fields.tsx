"use client";

import { useState } from "react";
import { Field, Input, Textarea } from "../../ui/field.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import type { CallField, Values } from "./calls.ts";

export interface CallFieldsProps {
  fields: readonly CallField[];
  values: Values;
  onChange: (values: Values) => void;
}

/** What a call takes, as a form; the required ones first. */
export function CallFields({ fields, values, onChange }: CallFieldsProps) {
  const sorted = [...fields.filter(({ required }) => required), ...fields.filter(({ required }) => !required)];
  const set = (name: string, value: unknown) => {
    const { [name]: _before, ...others } = values;
    onChange(value === undefined ? others : { ...others, [name]: value });
  };
  if (fields.length === 0) return <p className="text-muted text-sm">It takes nothing.</p>;
  return (
    <div className="flex flex-col gap-4">
      {sorted.map((field) => (
        <OneField
          key={`${field.in} ${field.name}`}
          field={field}
          value={values[field.name]}
          onSet={(value) => set(field.name, value)}
        />
      ))}
    </div>
  );
}

interface OneFieldProps {
  field: CallField;
  value: unknown;
  onSet: (value: unknown) => void;
}

function OneField({ field, value, onSet }: OneFieldProps) {
  const { name, required, kind, choices, hint } = field;
  const label = `${name}${required ? "" : " (optional)"}`;
  if (kind === "json") return <JsonField {...{ label, hint, required, value, onSet }} />;
  if (kind === "choice" || kind === "boolean") {
    const options = kind === "boolean" ? ["true", "false"] : choices;
    return (
      <div className="flex flex-col gap-1.5">
        <span aria-hidden className="font-medium text-sm">
          {label}
        </span>
        <NativeSelect
          label={label}
          value={value === undefined ? "" : String(value)}
          options={[{ value: "", label: "not given" }, ...options.map((one) => ({ value: one, label: one }))]}
          onChange={(chosen) => onSet(chosen === "" ? undefined : kind === "boolean" ? chosen === "true" : chosen)}
        />
        {hint && <span className="text-muted text-xs leading-5">{hint}</span>}
      </div>
    );
  }
  const read = (text: string) => (text === "" ? undefined : kind === "number" ? Number(text) : text);
  return (
    <Field label={label} hint={hint}>
      <Input
        required={required}
        type={kind === "number" ? "number" : "text"}
        step="any"
        value={value === undefined ? "" : String(value)}
        onChange={(event) => onSet(read(event.target.value))}
        spellCheck={false}
        autoComplete="off"
      />
    </Field>
  );
}

interface JsonFieldProps extends Omit<OneFieldProps, "field"> {
  label: string;
  hint: string | undefined;
  required: boolean;
}

/** A list or an object; taken over whenever it can be read. */
function JsonField({ label, hint, required, value, onSet }: JsonFieldProps) {
  const [text, setText] = useState(value === undefined ? "" : JSON.stringify(value));
  const read = readJson(text);
  return (
    <Field label={label} hint={hint ? `JSON. ${hint}` : "JSON."} error={read.fault}>
      <Textarea
        required={required}
        rows={1}
        value={text}
        data-unreadable={read.fault}
        onChange={(event) => {
          setText(event.target.value);
          const now = readJson(event.target.value);
          if (now.fault === undefined) onSet(now.value);
        }}
        spellCheck={false}
        className="min-h-9 font-mono text-xs"
      />
    </Field>
  );
}

/** Nothing is nothing; `fault` says that it is no JSON yet. */
export function readJson(text: string): { value?: unknown; fault?: string } {
  if (text.trim() === "") return {};
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { fault: "This is not JSON yet." };
  }
}
