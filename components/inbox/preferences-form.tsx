"use client";

import { type ReactNode, useCallback, useEffect, useId, useRef, useState } from "react";
import { sentenceOf } from "../../client/parley-error.ts";
import { useParley } from "../../client/react/provider.tsx";
import { useLoading } from "../../client/react/use-loading.ts";
import type { PreferenceChanges, Preferences } from "../../client/types.ts";
import { usePassed } from "../chat/use-passed.ts";
import { Button } from "../ui/button.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Field, Input } from "../ui/field.tsx";
import { NativeSelect } from "../ui/native-select.tsx";
import { Select } from "../ui/select.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Switch } from "../ui/switch.tsx";
import { withChanges } from "./with-changes.ts";

type Category = Preferences["categories"][number];
type Channel = keyof Category["channels"];

const CHANNELS: { channel: Channel; label: string }[] = [
  { channel: "inApp", label: "In the app" },
  { channel: "email", label: "Email" },
];

const EVERY = [
  { value: "off", label: "No digest" },
  { value: "hourly", label: "Hourly" },
  { value: "daily", label: "Daily" },
  { value: "weekly", label: "Weekly" },
] as const;

const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

const PAUSES = [
  { value: "hour", label: "An hour" },
  { value: "day", label: "A day" },
  { value: "week", label: "A week" },
] as const;

/** What goes out to oneself, when and how. Each change is stored at once. */
export function PreferencesForm() {
  const client = useParley();
  const [known, setKnown] = useState<Preferences>();
  /** Changes that are being stored: shown at once, and taken back where they are refused. */
  const [under, setUnder] = useState<readonly PreferenceChanges[]>([]);
  /** Why a change was not stored, by where it was made: there one looks. */
  const [problems, setProblems] = useState<Problems>({});
  const [saved, setSaved] = useState("");
  // One change after the other: an answer that comes late would show what was stored before.
  const last = useRef<Promise<unknown>>(Promise.resolve());

  const { problem: notLoaded, start } = useLoading(
    useCallback(() => client.api.call("preferences.get", {}).then(({ body }) => setKnown(body)), [client]),
  );
  useEffect(() => start(), [start]);

  const pauseIsOver = usePassed(known?.pausedUntil);

  async function change(where: string, changes: PreferenceChanges) {
    setProblems(({ [where]: _, ...others }) => others);
    setSaved("");
    setUnder((all) => [...all, changes]);
    const put = () => client.api.call("preferences.put", changes);
    const answer = last.current.then(put, put);
    last.current = answer;
    try {
      setKnown((await answer).body);
      setSaved("Saved");
    } catch (error) {
      setProblems((now) => ({ ...now, [where]: `Not saved: ${sentenceOf(error)}` }));
    } finally {
      setUnder((all) => all.filter((one) => one !== changes));
    }
  }

  if (!known)
    return notLoaded ? (
      <ErrorNote onRetry={() => start()}>{notLoaded}</ErrorNote>
    ) : (
      <div role="status" aria-label="Loading preferences" className="space-y-3">
        <Skeleton className="h-40 rounded-xl" />
        <Skeleton className="h-28 rounded-xl" />
      </div>
    );
  const shown = under.reduce(withChanges, known);
  const pausedUntil = pauseIsOver ? undefined : known.pausedUntil;
  return (
    <div className="space-y-6">
      <p role="status" className="sr-only">
        {saved}
      </p>
      <Part title="What comes to you" lead="By type of notification and by the way it comes.">
        <Categories categories={shown.categories} problems={problems} onChange={change} />
      </Part>
      <Part title="Quiet hours" lead="No mail is sent in them, but for what is urgent." problem={problems.quietHours}>
        <QuietHours
          quietHours={shown.quietHours}
          timezone={shown.timezone}
          onChange={(changes) => change("quietHours", changes)}
        />
      </Part>
      <Part title="Digest" lead="One mail for what is not urgent, instead of many." problem={problems.digest}>
        <Digest digest={shown.digest} onChange={(changes) => change("digest", changes)} />
      </Part>
      <Part
        title="Pause mail"
        problem={problems.pause}
        lead={
          pausedUntil
            ? `Paused until ${new Date(pausedUntil).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" })}.`
            : "Holds every mail that is not urgent for a while."
        }
      >
        <div className="flex flex-wrap gap-2">
          {PAUSES.map(({ value, label }) => (
            <Button key={value} onClick={() => void change("pause", { pause: value })}>
              {label}
            </Button>
          ))}
          {pausedUntil && (
            <Button variant="primary" onClick={() => void change("pause", { pause: "none" })}>
              End the pause
            </Button>
          )}
        </div>
      </Part>
    </div>
  );
}

function Part(props: { title: string; lead: string; problem?: string | undefined; children: ReactNode }) {
  const { title, lead, problem, children } = props;
  return (
    <section className="rounded-xl border border-line bg-surface p-4">
      <h2 className="font-semibold text-sm">{title}</h2>
      <p className="mt-0.5 mb-3 text-muted text-sm">{lead}</p>
      {children}
      {problem && <ErrorNote className="mt-3">{problem}</ErrorNote>}
    </section>
  );
}

type Problems = Readonly<Record<string, string>>;

interface PartProps {
  onChange: (changes: PreferenceChanges) => Promise<void>;
}

interface CategoriesProps {
  categories: Category[];
  problems: Problems;
  onChange: (where: string, changes: PreferenceChanges) => Promise<void>;
}

function Categories({ categories, problems, onChange }: CategoriesProps) {
  const whereOf = ({ type }: Category) => `category ${type}`;
  return (
    <ul className="divide-y divide-line">
      {categories.map((category) => (
        <CategoryRow
          key={category.type}
          category={category}
          problem={problems[whereOf(category)]}
          onChange={(changes) => onChange(whereOf(category), changes)}
        />
      ))}
    </ul>
  );
}

function CategoryRow(props: PartProps & { category: Category; problem: string | undefined }) {
  const { category, problem, onChange } = props;
  const reason = useId();
  const { type, title, description, required, channels } = category;
  return (
    <li className="flex flex-wrap items-center gap-x-6 gap-y-2 py-3">
      <div className="min-w-40 flex-1 max-sm:basis-full">
        <p className="font-medium text-sm">{title}</p>
        {description && <p className="text-muted text-xs">{description}</p>}
        {required && (
          <p id={reason} className="text-muted text-xs">
            Always sent: it cannot be switched off.
          </p>
        )}
      </div>
      {CHANNELS.map(({ channel, label }) => (
        <div key={channel} className="flex items-center gap-2 text-sm">
          <span aria-hidden>{label}</span>
          <Switch
            label={`${title}: ${label}`}
            checked={channels[channel].enabled}
            disabled={channels[channel].locked}
            describedBy={channels[channel].locked ? reason : undefined}
            onChange={(on) => void onChange({ categories: [{ type, [channel]: on ? "on" : "off" }] })}
          />
        </div>
      ))}
      {problem && <ErrorNote className="basis-full">{problem}</ErrorNote>}
    </li>
  );
}

function QuietHours(props: PartProps & Pick<Preferences, "quietHours" | "timezone">) {
  const { quietHours, timezone, onChange } = props;
  const { enabled, from, to } = quietHours;
  const zones = [...new Set([timezone, "UTC", ...Intl.supportedValuesOf("timeZone")])].sort();
  return (
    <div className="flex flex-wrap items-end gap-4">
      <div className="flex h-9 items-center gap-2 text-sm">
        <Switch
          label="Quiet hours"
          checked={enabled}
          onChange={(on) => void onChange({ quietHours: { enabled: on } })}
        />
        <span aria-hidden>{enabled ? "On" : "Off"}</span>
      </div>
      <Field label="From">
        <TimeInput
          value={from}
          disabled={!enabled}
          onChange={(value) => void onChange({ quietHours: { from: value } })}
        />
      </Field>
      <Field label="To">
        <TimeInput value={to} disabled={!enabled} onChange={(value) => void onChange({ quietHours: { to: value } })} />
      </Field>
      <div className="flex min-w-0 flex-col gap-1.5">
        <span aria-hidden className="font-medium text-sm">
          Time zone
        </span>
        <NativeSelect
          label="Time zone of quiet hours and of the digest"
          value={timezone}
          options={zones.map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") }))}
          onChange={(zone) => void onChange({ timezone: zone })}
          className="w-52"
        />
      </div>
    </div>
  );
}

function Digest({ digest, onChange }: PartProps & { digest: Preferences["digest"] }) {
  const { every, at, weekday } = digest;
  return (
    <div className="flex flex-wrap items-end gap-4">
      <Select
        label="Digest"
        value={every}
        options={EVERY}
        onChange={(value) => void onChange({ digest: { every: value } })}
        className="w-36"
      />
      {every === "weekly" && (
        <Select
          label="Day of the digest"
          value={weekday}
          options={DAYS.map((day) => ({ value: day, label: day.charAt(0).toUpperCase() + day.slice(1) }))}
          onChange={(value) => void onChange({ digest: { weekday: value } })}
          className="w-36"
        />
      )}
      {(every === "daily" || every === "weekly") && (
        <Field label="At">
          <TimeInput value={at} disabled={false} onChange={(value) => void onChange({ digest: { at: value } })} />
        </Field>
      )}
    </div>
  );
}

/** Stored when it is left, not at each digit. */
function TimeInput({
  value,
  disabled,
  onChange,
}: {
  value: string;
  disabled: boolean;
  onChange: (value: string) => void;
}) {
  return (
    <Input
      key={value}
      type="time"
      defaultValue={value}
      disabled={disabled}
      required
      onBlur={(event) => {
        const next = event.currentTarget.value;
        if (next === "") event.currentTarget.value = value;
        else if (next !== value) onChange(next);
      }}
      className="w-32"
    />
  );
}
