import type { ReactNode } from "react";
import { selectClass } from "./field-style.ts";
import { Shown } from "./shown.tsx";
import type { LinkedPreferences } from "./types.ts";

const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const rhythms = { off: "Each by itself", hourly: "Once an hour", daily: "Once a day", weekly: "Once a week" };
const pauses = { "": "No change", hour: "For an hour", day: "For a day", week: "For a week", none: "Not at all" };

/** When mails are held, and how many come at once. */
export function TimingFields({ preferences }: { preferences: LinkedPreferences }) {
  const { quietHours, digest, timezone } = preferences;
  const zones = [...new Set([timezone, "UTC", ...Intl.supportedValuesOf("timeZone")])].sort();
  return (
    <fieldset>
      <legend className="text-lg font-semibold tracking-tight">When mails come</legend>
      <p className="mt-1 text-sm text-muted">Urgent ones come at once, whatever is chosen here.</p>
      <div className="mt-4 grid gap-x-6 gap-y-5 sm:grid-cols-2">
        <label className="flex items-center gap-2.5 text-sm sm:col-span-2">
          <Shown name="quiet" value={quietHours.enabled ? "on" : "off"} />
          <input
            type="checkbox"
            name="quiet"
            defaultChecked={quietHours.enabled}
            className="size-4 accent-[var(--accent)]"
          />
          Quiet hours: hold mails, then send them as one
        </label>
        <Field label="Quiet from">
          <Time name="quietFrom" value={quietHours.from} />
        </Field>
        <Field label="Quiet until">
          <Time name="quietTo" value={quietHours.to} />
        </Field>
        <Field label="Gather mails">
          <Options name="digestEvery" value={digest.every} options={rhythms} />
        </Field>
        <Field label="At (once a day or a week)">
          <Time name="digestAt" value={digest.at} />
        </Field>
        <Field label="On (once a week)">
          <Options
            name="digestWeekday"
            value={digest.weekday}
            options={Object.fromEntries(weekdays.map((day) => [day, day.charAt(0).toUpperCase() + day.slice(1)]))}
          />
        </Field>
        <Field label="Time zone">
          <Options name="timezone" value={timezone} options={Object.fromEntries(zones.map((zone) => [zone, zone]))} />
        </Field>
        <Field label="Pause all mails">
          <Options name="pause" value="" options={pauses} />
        </Field>
      </div>
    </fieldset>
  );
}

const wide = `${selectClass} mt-1.5 block w-full`;

function Field({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label className="block text-sm">
      {label}
      {children}
    </label>
  );
}

interface Chosen {
  name: string;
  value: string;
}

function Time({ name, value }: Chosen) {
  return (
    <>
      <Shown name={name} value={value} />
      <input type="time" name={name} defaultValue={value} required className={wide} />
    </>
  );
}

function Options({ name, value, options }: Chosen & { options: Record<string, string> }) {
  return (
    <>
      <Shown name={name} value={value} />
      <select name={name} defaultValue={value} className={wide}>
        {Object.entries(options).map(([option, label]) => (
          <option key={option} value={option}>
            {label}
          </option>
        ))}
      </select>
    </>
  );
}
