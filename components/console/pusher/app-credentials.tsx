"use client";

import { type FormEvent, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Dialog, DialogButtons } from "../../ui/dialog.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { Fact } from "../facts.tsx";
import { FailureNote } from "../failure-note.tsx";
import { IdText } from "../id-text.tsx";
import { useTRPCClient } from "../trpc.ts";
import type { AppPartProps, PusherApp } from "./pusher-app.ts";

/** Id, key and secret. */
export function AppCredentials({ app, onChanged }: AppPartProps) {
  const [shown, setShown] = useState(false);
  const [rotating, setRotating] = useState(false);
  return (
    <section aria-labelledby="credentials" className="rounded-xl border border-line bg-surface p-5">
      <h2 id="credentials" className="font-semibold">
        Credentials
      </h2>
      <dl className="mt-4 grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-6 gap-y-2 text-sm">
        <Fact name="App id">
          <IdText id={app.appId} what="the app id" />
        </Fact>
        <Fact name="Key">
          <IdText id={app.key} what="the key" />
        </Fact>
        <Fact name="Secret" className="flex min-w-0 flex-wrap items-center gap-1">
          <code data-secret={shown || undefined} className="min-w-0 break-all font-mono text-xs">
            {shown ? app.secret : `••••••••${app.secret.slice(-4)}`}
          </code>
          <CopyButton text={app.secret} what="the secret" />
          <Button size="sm" variant="ghost" aria-pressed={shown} onClick={() => setShown(!shown)}>
            {shown ? "Hide" : "Show"}
          </Button>
        </Fact>
      </dl>
      <p className="mt-3 max-w-2xl text-muted text-sm leading-6">
        The key is public: pages carry it. The secret is for backends only; it signs for every channel of the app.
      </p>
      <Button className="mt-4" onClick={() => setRotating(true)}>
        Rotate
      </Button>
      {rotating && <RotateDialog onClose={() => setRotating(false)} onRotated={onChanged} />}
    </section>
  );
}

function RotateDialog({ onClose, onRotated }: { onClose: () => void; onRotated: (app: PusherApp) => void }) {
  const client = useTRPCClient();
  const toast = useToast();
  const { once, busy, failure } = useAct();

  async function rotate(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const key = new FormData(event.currentTarget).get("key") !== null;
    const fresh = await once({ key }, (asked) => client.pusherApps.rotate.mutate(asked));
    if (!fresh) return;
    onRotated(fresh);
    toast({ title: key ? "Key and secret are new" : "The secret is new" });
    onClose();
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Rotate the secret?"
      description="The old one is refused from that moment on: give the new one to your backends at once."
      className="w-[min(calc(100vw-2rem),26rem)]"
    >
      <form onSubmit={rotate} className="flex flex-col gap-4">
        <label className="flex items-start gap-2.5 text-sm">
          <input type="checkbox" name="key" className="mt-0.5 size-4 accent-(--accent)" />
          <span>
            The key too
            <span className="block text-muted text-xs leading-5">
              Connections of pages that carry the old one are closed.
            </span>
          </span>
        </label>
        <FailureNote failure={failure} />
        <DialogButtons>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="danger" disabled={busy}>
            Rotate
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
