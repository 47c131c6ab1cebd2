"use client";

import { type FormEvent, type ReactNode, useState } from "react";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogButtons } from "../../ui/dialog.tsx";
import { Field, Input } from "../../ui/field.tsx";
import { useAct } from "../act.tsx";
import { FailureNote } from "../failure-note.tsx";
import { useTRPCClient } from "../trpc.ts";
import type { AppPartProps, PusherApp } from "./pusher-app.ts";

type Hook = PusherApp["webhooks"][number];
type HookEvent = Hook["events"][number];

const eventTexts: Record<HookEvent, string> = {
  channel_occupied: "Somebody listens to a channel",
  channel_vacated: "Nobody listens any more",
  member_added: "Somebody came into a presence channel",
  member_removed: "Somebody left it",
  client_event: "A page sent an event",
  cache_miss: "A cache channel had nothing to say",
  subscription_count: "How many listen to a channel",
};
const everyEvent = Object.keys(eventTexts) as HookEvent[];
/** As many as an app may have. */
const most = 10;

/** Where the app tells what happens on its channels, in Pusher's own form. */
export function AppWebhooks({ app, onChanged }: AppPartProps) {
  const client = useTRPCClient();
  const { run, busy, failure, forget } = useAct();
  const [adding, setAdding] = useState(false);
  // What went wrong in the dialog says nothing beside it, nor the other way round.
  const showDialog = (shown: boolean) => {
    forget();
    setAdding(shown);
  };

  async function save(webhooks: Hook[]): Promise<boolean> {
    const changed = await run(() => client.pusherApps.update.mutate({ webhooks, webhooksBefore: app.webhooks }));
    if (changed) onChanged(changed);
    // Another operator may have changed them: what is there now is what the next try begins with.
    else await client.pusherApps.get.query({}).then(onChanged, () => {});
    return changed !== undefined;
  }

  return (
    <section aria-labelledby="app-webhooks" className="rounded-xl border border-line bg-surface p-5">
      <h2 id="app-webhooks" className="font-semibold">
        Webhooks of its channels
      </h2>
      <p className="mt-0.5 max-w-2xl text-muted text-sm leading-6">
        In Pusher's form, signed with the app's secret. The tenant's own events go to the endpoints of the page
        Webhooks.
      </p>
      {app.webhooks.length > 0 && (
        <ul className="mt-3 divide-y divide-line">
          {app.webhooks.map((hook, at) => (
            <li
              key={`${hook.url} ${hook.events.join()}`}
              className="flex flex-wrap items-center justify-between gap-3 py-3 text-sm"
            >
              <span className="min-w-0">
                <span className="block break-all">{hook.url}</span>
                <span className="mt-1 flex flex-wrap gap-1">
                  {hook.events.map((event) => (
                    <Badge key={event} size="sm">
                      {event}
                    </Badge>
                  ))}
                </span>
              </span>
              <Button
                size="sm"
                disabled={busy}
                aria-label={`Remove ${hook.url}`}
                onClick={() => void save(app.webhooks.toSpliced(at, 1))}
              >
                Remove
              </Button>
            </li>
          ))}
        </ul>
      )}
      {!adding && <FailureNote failure={failure} className="mt-3" />}
      <Button className="mt-4" disabled={app.webhooks.length >= most} onClick={() => showDialog(true)}>
        Add an address
      </Button>
      {adding && (
        <Dialog open onOpenChange={(open) => !open && showDialog(false)} title="Add an address">
          <HookForm
            onSubmit={async (hook) => {
              if (await save([...app.webhooks, hook])) setAdding(false);
            }}
          >
            <FailureNote failure={failure} />
            <DialogButtons>
              <Button onClick={() => showDialog(false)}>Cancel</Button>
              <Button type="submit" variant="primary" disabled={busy}>
                Add
              </Button>
            </DialogButtons>
          </HookForm>
        </Dialog>
      )}
    </section>
  );
}

function HookForm({ onSubmit, children }: { onSubmit: (hook: Hook) => void; children: ReactNode }) {
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onSubmit({ url: String(form.get("url") ?? "").trim(), events: everyEvent.filter((name) => form.has(name)) });
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field label="Address" hint="https, and no private address, unless the installation allows it.">
        <Input name="url" type="url" required maxLength={2000} autoComplete="off" autoFocus />
      </Field>
      <fieldset>
        <legend className="mb-1 font-medium text-sm">It is told when</legend>
        {everyEvent.map((name) => (
          <label key={name} className="flex min-h-9 items-start gap-2.5 py-1.5 text-sm">
            <input type="checkbox" name={name} defaultChecked className="mt-0.5 size-4 accent-(--accent)" />
            <span>
              {eventTexts[name]}
              <code className="block font-mono text-muted text-xs">{name}</code>
            </span>
          </label>
        ))}
      </fieldset>
      {children}
    </form>
  );
}
