"use client";

import { Radio } from "lucide-react";
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { FailureNote } from "../failure-note.tsx";
import { PageHeader } from "../page-header.tsx";
import { useTRPCClient } from "../trpc.ts";
import { AppChoices } from "./app-choices.tsx";
import { AppCredentials } from "./app-credentials.tsx";
import { AppSnippets } from "./app-snippets.tsx";
import { AppWebhooks } from "./app-webhooks.tsx";
import type { PusherApp } from "./pusher-app.ts";

/** The tenant as a Pusher app. What it is called with is shown to who proves to be there, and kept in this page alone. */
export function PusherPage() {
  const { manages } = useConsole();
  const client = useTRPCClient();
  const { run, busy, failure } = useAct();
  const [app, setApp] = useState<PusherApp>();

  async function open() {
    const answer = await run(() => client.pusherApps.get.query({}));
    if (answer) setApp(answer);
  }

  return (
    <>
      <PageHeader
        title="Pusher app"
        lead="The tenant as an app of Pusher's protocol: stock pusher-js, laravel-echo and server SDKs connect to it as they are."
      />
      {app ? (
        <div className="space-y-6">
          <AppCredentials app={app} onChanged={setApp} />
          <AppChoices app={app} onChanged={setApp} />
          <AppWebhooks app={app} onChanged={setApp} />
          <AppSnippets app={app} />
        </div>
      ) : (
        <EmptyState
          icon={Radio}
          title={manages ? "Its secret is on this page" : "Your role does not show this"}
          action={
            manages && (
              <Button variant="primary" disabled={busy} onClick={() => void open()}>
                Show the app
              </Button>
            )
          }
        >
          {manages
            ? "So you are asked for your password, unless you just gave it."
            : "An owner or admin of the tenant can give you another one."}
          <FailureNote failure={failure} className="mt-3 text-left" />
        </EmptyState>
      )}
    </>
  );
}
