import type { Answers } from "../trpc.ts";

export type Tenant = Answers["tenants"]["get"];

export interface SettingField {
  /** Where it is in the tenant, and the name of its box. */
  path: string;
  label: string;
  kind: "text" | "number" | "switch" | "lines" | "time" | "colour" | readonly string[];
  hint?: string;
  /** Emptied it is taken back; others keep what they had. */
  clears?: true;
}

export interface SettingSection {
  id: string;
  title: string;
  lead: string;
  fields: readonly SettingField[];
}

const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

function limit(of: string, label: string): SettingField[] {
  return [
    { path: `settings.rates.${of}.rate`, label: `${label}: a second`, kind: "number" },
    { path: `settings.rates.${of}.burst`, label: `${label}: at once`, kind: "number" },
  ];
}

/** What is said below a box; of the tenant's rate also what the installation caps it at. */
export function hintOf({ path, hint }: SettingField, { rateCap }: Pick<Tenant, "rateCap">): string | undefined {
  const part = (["rate", "burst"] as const).find((name) => path === `settings.rates.tenant.${name}`);
  return part && rateCap ? `At most ${rateCap[part]}: the installation's operators have limited it.` : hint;
}

/** What can be set, as it stands on the page; each saves for itself. */
export const settingSections: readonly SettingSection[] = [
  {
    id: "general",
    title: "General",
    lead: "What the tenant is called, and whose clock counts for people who name none.",
    fields: [
      { path: "name", label: "Name", kind: "text" },
      { path: "settings.timezone", label: "Time zone", kind: "text", hint: "Like Europe/Zurich." },
      { path: "settings.presence", label: "Users see who else is there", kind: "switch" },
    ],
  },
  {
    id: "branding",
    title: "Branding",
    lead: "In mails, on the hosted chat and inbox, and on the page of preferences that mails link to.",
    fields: [
      {
        path: "settings.branding.name",
        label: "Name that people see",
        kind: "text",
        hint: "The tenant's name unless given.",
        clears: true,
      },
      {
        path: "settings.branding.logoUrl",
        label: "Address of the logo",
        kind: "text",
        hint: "A picture at https://…, shown up to 40 pixels high. Empty for none.",
        clears: true,
      },
      {
        path: "settings.branding.colour",
        label: "Colour of buttons and links",
        kind: "colour",
        hint: "On hosted pages as near to it as can be read.",
      },
    ],
  },
  {
    id: "origins",
    title: "Allowed origins",
    lead: "Whose pages browsers may call from, and embed the hosted chat in.",
    fields: [
      {
        path: "settings.allowedOrigins",
        label: "Origins",
        kind: "lines",
        hint: "One a line, like https://app.example.com; * for any.",
      },
    ],
  },
  {
    id: "limits",
    title: "Limits",
    lead: "Calls beyond these are answered with 429 and the time to wait.",
    fields: [
      ...limit("user", "One user"),
      ...limit("key", "One API key"),
      ...limit("tenant", "The tenant"),
      ...limit("address", "An address without credential"),
    ],
  },
  {
    id: "retention",
    title: "Retention",
    lead: "How long is kept what is no message. Messages and notifications stay.",
    fields: [
      { path: "settings.retention.eventDays", label: "Days of the log that clients resume from", kind: "number" },
      { path: "settings.retention.requestDays", label: "Days of API requests; 0 for none", kind: "number" },
      { path: "settings.retention.auditDays", label: "Days of the audit log; at least 30", kind: "number" },
    ],
  },
  {
    id: "digest",
    title: "Digest",
    lead: "Mails gathered into one, for people who chose nothing. Urgent ones go out by themselves.",
    fields: [
      { path: "settings.notifications.digest.every", label: "Digest", kind: ["off", "hourly", "daily", "weekly"] },
      { path: "settings.notifications.digest.at", label: "Digest at", kind: "time" },
      { path: "settings.notifications.digest.weekday", label: "Weekly digest on", kind: days },
    ],
  },
  {
    id: "quiet-hours",
    title: "Quiet hours",
    lead: "Mails wait until they are over, by each person's clock; urgent ones pass.",
    fields: [
      { path: "settings.notifications.quietHours.enabled", label: "Keep quiet hours", kind: "switch" },
      { path: "settings.notifications.quietHours.from", label: "From", kind: "time" },
      { path: "settings.notifications.quietHours.to", label: "To", kind: "time" },
    ],
  },
  {
    id: "away",
    title: "While away",
    lead: "Who does not read a chat is told of it once.",
    fields: [
      { path: "settings.notifications.away.enabled", label: "Tell people of unread messages", kind: "switch" },
      { path: "settings.notifications.away.minutes", label: "After so many minutes", kind: "number" },
      {
        path: "settings.notifications.away.pauseMinutes",
        label: "At most one a chat in so many minutes",
        kind: "number",
      },
    ],
  },
];

/** What stands at a path like `settings.away.minutes`. */
export function valueAt(of: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((at, part) => (typeof at === "object" && at !== null ? Reflect.get(at, part) : undefined), of);
}

/** What a form says differently from what is stored, nested as the call takes it; undefined when nothing. */
export function patchOf(
  fields: readonly SettingField[],
  form: FormData,
  stored: Tenant,
): Record<string, unknown> | undefined {
  const patch: Record<string, unknown> = {};
  for (const field of fields) {
    const value = readField(field, form);
    // An emptied box says no number, and 0 may mean that all of it goes.
    if (Number.isNaN(value)) continue;
    const before = valueAt(stored, field.path) ?? (field.kind === "text" ? "" : undefined);
    if (JSON.stringify(value) === JSON.stringify(before)) continue;
    put(patch, field.path.split("."), field.clears && value === "" ? null : value);
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/**
 * A patch whose lists are what they are by now, with what was typed since they were shown put in and what was taken out gone: each is
 * stored as a whole, and another may have changed it meanwhile.
 */
export function overNow<Patch extends Record<string, unknown>>(
  patch: Patch,
  fields: readonly SettingField[],
  { now, began }: { now: Tenant; began: (path: string) => string },
): Patch {
  const merged = structuredClone(patch);
  for (const { path } of fields.filter(({ kind }) => kind === "lines")) {
    const said = valueAt(patch, path) as string[] | undefined;
    if (said) put(merged, path.split("."), mergeLines(valueAt(now, path) as string[], linesOf(began(path)), said));
  }
  return merged;
}

function mergeLines(now: string[], began: string[], said: string[]): string[] {
  const kept = said.filter((line) => now.includes(line) || !began.includes(line));
  const others = now.filter((line) => !began.includes(line) && !said.includes(line));
  return [...kept, ...others];
}

function linesOf(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

function readField({ path, kind }: SettingField, form: FormData): unknown {
  const text = String(form.get(path) ?? "");
  if (kind === "switch") return form.get(path) !== null;
  if (kind === "number") return text.trim() === "" ? Number.NaN : Number(text);
  if (kind === "lines") return linesOf(text);
  return text;
}

function put(into: Record<string, unknown>, [first = "", ...rest]: string[], value: unknown): void {
  if (rest.length === 0) {
    into[first] = value;
    return;
  }
  const inner = (into[first] ?? {}) as Record<string, unknown>;
  into[first] = inner;
  put(inner, rest, value);
}
