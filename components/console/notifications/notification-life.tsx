"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { FailureNote } from "../failure-note.tsx";
import { IdText } from "../id-text.tsx";
import { useLiveQuery } from "../live.ts";
import { QueryView } from "../query-view.tsx";
import { type Answers, useTRPC, useTRPCClient } from "../trpc.ts";
import { stepsOf } from "./steps.ts";

type Notification = Answers["notifications"]["getAny"];

/** One notification: what it says, and each step of its life with the rule that decided it. */
export function NotificationLife({ id }: { id: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.notifications.getAny.queryOptions({ notificationId: id }, useLiveQuery()));
  return (
    <QueryView query={query}>
      {(one) => (
        <div className="space-y-6">
          <section>
            <h2 className="break-words font-semibold text-lg">{one.subject}</h2>
            <p className="mt-1 whitespace-pre-wrap break-words text-sm leading-6">{one.message}</p>
            <dl className="mt-4 grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-4 gap-y-1 text-sm">
              <dt className="text-muted">To</dt>
              <dd>{one.userId}</dd>
              <dt className="text-muted">Type</dt>
              <dd>{one.type}</dd>
              <dt className="text-muted">Priority</dt>
              <dd>{one.priority}</dd>
              <dt className="text-muted">Id</dt>
              <dd>
                <IdText id={one.id} what="the notification's id" />
              </dd>
            </dl>
          </section>
          <Steps of={one} />
        </div>
      )}
    </QueryView>
  );
}

function Steps({ of }: { of: Notification }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.deliveries.explain.queryOptions({ notificationId: of.id }, useLiveQuery()));
  return (
    <section>
      <h3 className="mb-3 font-medium text-sm">Why it did or did not arrive</h3>
      <QueryView query={query}>
        {({ data }) => (
          <>
            <ol className="space-y-4 border-line border-l pl-4">
              {stepsOf(of, data).map((step) => (
                <li key={step.key} className="text-sm">
                  <p className="flex flex-wrap items-center gap-2">
                    <span className="font-medium">{step.what}</span>
                    {step.word && <Badge tone={step.tone}>{step.word}</Badge>}
                  </p>
                  {step.why && <p className="mt-0.5 break-words text-muted">{step.why}</p>}
                  <time dateTime={step.at} className="text-muted text-xs">
                    {new Date(step.at).toLocaleString()}
                  </time>
                </li>
              ))}
            </ol>
            <Acts of={of} deliveries={data} />
          </>
        )}
      </QueryView>
    </section>
  );
}

interface ActsProps {
  of: Notification;
  deliveries: Answers["deliveries"]["explain"]["data"];
}

function Acts({ of, deliveries }: ActsProps) {
  const { manages } = useConsole();
  const client = useTRPCClient();
  const toast = useToast();
  const { run, busy, failure } = useAct();
  const [asks, setAsks] = useState(false);
  const mail = deliveries.find(
    ({ channel, status }) => channel === "email" && status !== "queued" && status !== "not_asked",
  );
  const scheduled = of.status === "scheduled";
  if (!manages || (!mail && of.status !== "visible" && !scheduled)) return null;

  async function resend(deliveryId: string) {
    if (await run(() => client.deliveries.resend.mutate({ deliveryId, idempotencyKey: crypto.randomUUID() })))
      toast({ title: "The mail goes out once more" });
  }

  async function remove() {
    const gone = await run(() => client.notifications.remove.mutate({ notificationId: of.id }));
    if (gone) toast({ title: `It is ${gone.status}` });
  }

  return (
    <div className="mt-5 space-y-3">
      <div className="flex flex-wrap gap-2">
        {mail && (
          <Button size="sm" disabled={busy} onClick={() => void resend(mail.id)}>
            Send the mail again
          </Button>
        )}
        {of.status !== "cancelled" && (
          <Button size="sm" variant="danger" disabled={busy} onClick={() => setAsks(true)}>
            {scheduled ? "Cancel it" : "Delete"}
          </Button>
        )}
      </div>
      <FailureNote failure={failure} />
      <ConfirmDialog
        open={asks}
        onOpenChange={setAsks}
        title={scheduled ? "Cancel this notification?" : "Delete this notification?"}
        confirm={scheduled ? "Cancel it" : "Delete"}
        onConfirm={() => void remove()}
      >
        <p>
          {scheduled
            ? `It will not appear in the inbox of ${of.userId}.`
            : `It disappears from the inbox of ${of.userId} for ever; mail that went out stays where it is.`}
        </p>
      </ConfirmDialog>
    </div>
  );
}
