"use client";

import { Field, Input } from "../../ui/field.tsx";
import { LabelledSelect } from "../labelled-select.tsx";
import { theirClock } from "./draft.ts";

export interface WhenFieldsProps {
  at: string;
  zone: string;
  set: (change: { at?: string; zone?: string }) => void;
  errors: Record<string, string>;
  /** What an empty time says. */
  empty?: string;
}

/** At what time, and by whose clock. */
export function WhenFields({ at, zone, set, errors, empty = "Empty sends it now." }: WhenFieldsProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="Not before (optional)" hint={empty} error={errors.scheduledForLocal ?? errors.scheduledFor}>
        <Input type="datetime-local" value={at} onChange={(event) => set({ at: event.target.value })} />
      </Field>
      {at && (
        <LabelledSelect label="By the clock" value={zone} options={zones()} onChange={(next) => set({ zone: next })} />
      )}
    </div>
  );
}

function zones() {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const all = ["UTC", ...Intl.supportedValuesOf("timeZone")].filter((zone) => zone !== here);
  return [
    { value: theirClock, label: "Where each recipient is" },
    { value: here, label: `Here (${here})` },
    ...all.map((value) => ({ value, label: value })),
  ];
}
