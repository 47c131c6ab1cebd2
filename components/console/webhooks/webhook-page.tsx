"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useConsole } from "../console-context.ts";
import { Fact } from "../facts.tsx";
import { IdText } from "../id-text.tsx";
import { useLiveQuery } from "../live.ts";
import { PageHeader } from "../page-header.tsx";
import { QueryView } from "../query-view.tsx";
import { type Answers, useTRPC } from "../trpc.ts";
import { useTitle } from "../use-title.ts";
import { When } from "../when.tsx";
import { DeliveriesPanel } from "./deliveries-panel.tsx";
import { EndpointActions } from "./endpoint-actions.tsx";
import { EndpointState, Success, shortAddress } from "./endpoint-state.tsx";
import { VerifierCode } from "./verifier-code.tsx";

type Webhook = Answers["webhooks"]["get"];

/** One endpoint: how it does, what was sent to it, and what one does with it. */
export function WebhookPage({ id }: { id: string }) {
  const { base, manages } = useConsole();
  const trpc = useTRPC();
  const query = useQuery(trpc.webhooks.get.queryOptions({ webhookId: id }, useLiveQuery("webhooks.get")));
  useTitle(query.data && shortAddress(query.data.url), "Webhooks");
  return (
    <QueryView query={query} title="Webhook">
      {(webhook) => (
        <>
          <PageHeader
            title={shortAddress(webhook.url)}
            lead={
              <>
                <Link href={`${base}/webhooks`} className="underline underline-offset-4">
                  Webhooks
                </Link>
                {webhook.description && ` · ${webhook.description}`}
              </>
            }
            action={manages && <EndpointActions of={webhook} />}
          />
          <Facts of={webhook} />
          <DeliveriesPanel webhookId={id} />
          <VerifierCode />
        </>
      )}
    </QueryView>
  );
}

/** In one line, so that the list below stays where it is when the endpoint fails or comes back. */
function State({ of }: { of: Webhook }) {
  return (
    <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <EndpointState of={of} />
      <span role="status">{troubleOf(of)}</span>
      {of.failingSince && (
        <span className="text-muted">
          Failing since <When at={of.failingSince} />
        </span>
      )}
    </span>
  );
}

function troubleOf({ state, reason, failures, nextTryAfter }: Webhook): string | undefined {
  if (state === "disabled")
    return `${reason ? `${reason}. ` : ""}Events are left out. Enable it, and replay what it has missed since then.`;
  if (state === "paused") return "Events wait until you resume it, for as long as they are kept.";
  if (nextTryAfter)
    return `${failures} tries in a row failed: it is let be until ${new Date(nextTryAfter).toLocaleTimeString()}.`;
  return undefined;
}

function Facts({ of }: { of: Webhook }) {
  const facts = [
    { name: "State", value: <State of={of} /> },
    { name: "Success, 24 h", value: <Success of={of.lately} /> },
    { name: "p95", value: of.lately?.p95Ms == null ? "–" : `${of.lately.p95Ms} ms` },
    { name: "Address", value: <span className="break-all">{of.url}</span> },
    { name: "Events", value: of.types.length === 0 ? "all" : of.types.join(", ") },
    ...(of.chatId ? [{ name: "Only of chat", value: <IdText id={of.chatId} what="the chat's id" /> }] : []),
    { name: "In order", value: of.ordered ? "yes, chat by chat" : "no" },
    ...(of.oldSecretUntil && Date.parse(of.oldSecretUntil) > Date.now()
      ? [{ name: "Old secret signs until", value: new Date(of.oldSecretUntil).toLocaleString() }]
      : []),
    { name: "Id", value: <IdText id={of.id} what="the endpoint's id" /> },
  ];
  return (
    <dl className="mb-6 grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-6 gap-y-1.5 rounded-xl border border-line bg-surface p-4 text-sm">
      {facts.map(({ name, value }) => (
        <Fact key={name} name={name}>
          {value}
        </Fact>
      ))}
    </dl>
  );
}
