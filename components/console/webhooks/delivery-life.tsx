"use client";

import { useQuery } from "@tanstack/react-query";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Code } from "../../ui/code.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { Fact } from "../facts.tsx";
import { FailureNote } from "../failure-note.tsx";
import { IdText } from "../id-text.tsx";
import { useLiveQuery } from "../live.ts";
import { QueryView } from "../query-view.tsx";
import { type Answers, useTRPC, useTRPCClient } from "../trpc.ts";
import { DeliveryStatus, NextTry } from "./endpoint-state.tsx";

type Delivery = Answers["webhooks"]["getDelivery"];
type Try = Delivery["tries"][number];

/** One delivery: what is sent, and each try with what was answered. */
export function DeliveryLife({ webhookId, deliveryId }: { webhookId: string; deliveryId: string }) {
  const trpc = useTRPC();
  const ids = { webhookId, webhookDeliveryId: deliveryId };
  const query = useQuery(trpc.webhooks.getDelivery.queryOptions(ids, useLiveQuery("webhooks.getDelivery")));
  return (
    <QueryView query={query}>
      {(one) => (
        <div className="space-y-6">
          <section>
            <h2 className="flex flex-wrap items-center gap-2 font-semibold text-lg">
              {one.type} <DeliveryStatus status={one.status} /> {one.sample && <Badge>sample</Badge>}
            </h2>
            {one.detail && <p className="mt-1 break-words text-sm">{one.detail}</p>}
            <dl className="mt-4 grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-4 gap-y-1 text-sm">
              <Fact name="webhook-id">
                <IdText id={one.webhookMessageId} what="the webhook-id" />
              </Fact>
              {one.dueAt && one.attempts > 0 && (
                <Fact name="Next try">
                  <NextTry at={one.dueAt} />
                </Fact>
              )}
            </dl>
            {one.body !== undefined && <Again ids={ids} />}
          </section>
          <section>
            <h3 className="mb-3 font-medium text-sm">Tries</h3>
            {one.tries.length === 0 ? (
              <p className="text-muted text-sm">None yet.</p>
            ) : (
              <ol className="space-y-4 border-line border-l pl-4">
                {one.tries.toReversed().map((each) => (
                  <TryItem key={each.number} of={each} />
                ))}
              </ol>
            )}
          </section>
          <section>
            <h3 className="mb-2 font-medium text-sm">Body</h3>
            <Body of={one} />
          </section>
        </div>
      )}
    </QueryView>
  );
}

function Body({ of }: { of: Delivery }) {
  if (of.body === undefined) return <p className="text-muted text-sm">Its event is no longer kept.</p>;
  const text = JSON.stringify(of.body, null, 2);
  return (
    <div className="rounded-xl border border-line bg-sunken">
      <Code shown={text} copied={text} what="the body" />
    </div>
  );
}

function Again({ ids }: { ids: { webhookId: string; webhookDeliveryId: string } }) {
  const { manages } = useConsole();
  const client = useTRPCClient();
  const toast = useToast();
  const { once, busy, failure } = useAct();
  if (!manages) return null;
  return (
    <div className="mt-4 space-y-3">
      <Button
        size="sm"
        disabled={busy}
        onClick={async () => {
          if (await once(ids, (asked) => client.webhooks.resend.mutate(asked)))
            toast({ title: "It is sent again, under the same webhook-id" });
        }}
      >
        Send again
      </Button>
      <FailureNote failure={failure} />
    </div>
  );
}

function TryItem({ of }: { of: Try }) {
  return (
    <li className="text-sm">
      <p className="flex flex-wrap items-center gap-2">
        <span className="font-medium">Try {of.number}</span>
        <Outcome of={of} />
        {of.ms !== undefined && <span className="text-muted tabular-nums">{of.ms} ms</span>}
      </p>
      {of.fault && <p className="mt-0.5 break-words text-muted">{of.fault}</p>}
      {of.answer && (
        <pre className="mt-1 overflow-x-auto whitespace-pre-wrap break-words rounded-lg bg-sunken p-2 font-mono text-xs">
          {of.answer}
        </pre>
      )}
      <time dateTime={of.startedAt} className="text-muted text-xs">
        {new Date(of.startedAt).toLocaleString()}
      </time>
    </li>
  );
}

function Outcome({ of: { status, ms } }: { of: Try }) {
  if (status !== undefined) return <Badge tone={status >= 200 && status < 300 ? "good" : "bad"}>{status}</Badge>;
  return ms === undefined ? <Badge>under way, or cut short</Badge> : <Badge tone="bad">no answer</Badge>;
}
