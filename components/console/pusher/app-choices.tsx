"use client";

import { Switch } from "../../ui/switch.tsx";
import { useAct } from "../act.tsx";
import { FailureNote } from "../failure-note.tsx";
import { useTRPCClient } from "../trpc.ts";
import type { AppPartProps } from "./pusher-app.ts";

const choices = [
  { name: "enabled", label: "The app is on", hint: "Off: its connections are closed and its calls refused." },
  { name: "clientEvents", label: "Client events", hint: "Pages may send events to each other." },
  { name: "subscriptionCounts", label: "Subscription counts", hint: "Channels tell how many listen." },
  { name: "batchWebhooks", label: "Batched webhooks", hint: "Several events in one request." },
] as const;

/** What the app allows; each counts at once. */
export function AppChoices({ app, onChanged }: AppPartProps) {
  const client = useTRPCClient();
  const { run, busy, failure } = useAct();

  async function set(name: (typeof choices)[number]["name"], value: boolean) {
    const changed = await run(() => client.pusherApps.update.mutate({ [name]: value }));
    if (changed) onChanged(changed);
  }

  return (
    <section aria-labelledby="choices" className="rounded-xl border border-line bg-surface p-5">
      <h2 id="choices" className="font-semibold">
        What it allows
      </h2>
      <ul className="mt-3 divide-y divide-line">
        {choices.map(({ name, label, hint }) => (
          <li key={name} className="flex items-center justify-between gap-4 py-3 text-sm">
            <span>
              {label}
              <span id={`${name}-hint`} className="block text-muted text-xs leading-5">
                {hint}
              </span>
            </span>
            <Switch
              label={label}
              describedBy={`${name}-hint`}
              checked={app[name]}
              disabled={busy}
              onChange={(value) => void set(name, value)}
            />
          </li>
        ))}
      </ul>
      <FailureNote failure={failure} className="mt-3" />
    </section>
  );
}
