import { selectClass } from "./field-style.ts";
import { Shown } from "./shown.tsx";
import type { Category } from "./types.ts";

const channels = [
  ["inApp", "Inbox"],
  ["email", "Mail"],
] as const;

/** Type by delivery channel. */
export function CategoryChoices({ categories }: { categories: Category[] }) {
  return (
    <fieldset>
      <legend className="text-lg font-semibold tracking-tight">By kind</legend>
      <ul className="mt-3 divide-y divide-line border-y border-line">
        {categories.map((category) => (
          <li key={category.type} className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 py-4">
            <div className="min-w-0 basis-52 grow">
              <p className="break-words font-medium">{category.title}</p>
              <p className="text-sm text-muted">
                {category.type === "*" ? "Where nothing else is chosen below." : category.description}
                {category.required && " Always sent: it cannot be switched off."}
              </p>
            </div>
            <div className="flex gap-3">
              {channels.map(([channel, label]) => (
                <Choice key={channel} {...{ category, channel, label }} />
              ))}
            </div>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}

interface ChoiceProps {
  category: Category;
  channel: "inApp" | "email";
  label: string;
}

function Choice({ category, channel, label }: ChoiceProps) {
  const { choice, enabled, locked } = category.channels[channel];
  if (locked)
    return (
      <div className="text-xs text-muted">
        {label}
        <p className={`${selectClass} mt-1 flex w-36 items-center opacity-60`}>{enabled ? "Always" : "Off"}</p>
      </div>
    );
  const name = `${channel}:${category.type}`;
  return (
    <label className="block text-xs text-muted">
      {label}
      <span className="sr-only"> for {category.title}</span>
      {choice !== "default" && <Shown name={name} value={choice} />}
      <select name={name} defaultValue={choice} className={`${selectClass} mt-1 block w-36`}>
        <option value="default">{choice === "default" ? `Default: ${enabled ? "on" : "off"}` : "Default"}</option>
        <option value="on">On</option>
        <option value="off">Off</option>
      </select>
    </label>
  );
}
