"use client";

import { useQuery } from "@tanstack/react-query";
import { Webhook as WebhookIcon } from "lucide-react";
import { useRouter } from "next/navigation";
import { parseAsBoolean, useQueryState } from "nuqs";
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { type Column, DataTable } from "../data-table.tsx";
import { ShownOnceDialog } from "../keys/shown-once-dialog.tsx";
import { useLiveQuery } from "../live.ts";
import { PageHeader } from "../page-header.tsx";
import { PagePager, usePageNumber } from "../pager.tsx";
import { QueryView } from "../query-view.tsx";
import { type Answers, useTRPC, useTRPCClient } from "../trpc.ts";
import { When } from "../when.tsx";
import { EndpointForm } from "./endpoint-form.tsx";
import { EndpointState, Success, shortAddress } from "./endpoint-state.tsx";

type Webhook = Answers["webhooks"]["list"]["data"][number];
type Made = Answers["webhooks"]["create"];

/** Where the tenant's events are posted to, and how each of these does. */
export function WebhooksPage() {
  const { base, manages } = useConsole();
  const router = useRouter();
  const trpc = useTRPC();
  const pageNumber = usePageNumber();
  const query = useQuery(trpc.webhooks.list.queryOptions({ pageNumber, pageSize: 50 }, useLiveQuery("webhooks.list")));
  const [creating, setCreating] = useQueryState("create", parseAsBoolean.withDefault(false));
  const [made, setMade] = useState<Made>();
  const create = manages && (
    <Button variant="primary" data-create onClick={() => void setCreating(true)}>
      Add endpoint
    </Button>
  );

  return (
    <>
      <PageHeader
        title="Webhooks"
        lead="The tenant's events, posted to addresses of yours and signed as Standard Webhooks says: each at least once, tried for three days."
        action={create}
      />
      <QueryView
        query={query}
        empty={{
          when: ({ data }) => data.length === 0,
          show: (
            <EmptyState icon={WebhookIcon} title="No endpoint" action={create}>
              Add the address of a backend of yours; what happens from then on is posted there.
            </EmptyState>
          ),
        }}
      >
        {(page) => (
          <>
            <DataTable
              label="Webhook endpoints"
              columns={columns}
              rows={page.data}
              idOf={({ id }) => id}
              onOpen={({ id }) => router.push(`${base}/webhooks/${id}`)}
            />
            <PagePager {...page} />
          </>
        )}
      </QueryView>
      {creating && manages && (
        <CreateDialog
          onClose={() => void setCreating(null)}
          onMade={(webhook) => {
            void setCreating(null);
            setMade(webhook);
          }}
        />
      )}
      {made && (
        <ShownOnceDialog
          what="secret"
          name={shortAddress(made.url)}
          secret={made.secret}
          onStored={() => router.push(`${base}/webhooks/${made.id}`)}
        />
      )}
    </>
  );
}

function CreateDialog({ onClose, onMade }: { onClose: () => void; onMade: (made: Made) => void }) {
  const client = useTRPCClient();
  const { once, busy, failure } = useAct();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Add an endpoint"
      description="Its secret, which verifies what comes, is shown next."
    >
      <EndpointForm
        failure={failure}
        onSubmit={async (choices) => {
          const made = await once(choices, (asked) => client.webhooks.create.mutate(asked));
          if (made) onMade(made);
        }}
      >
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" disabled={busy}>
          Add
        </Button>
      </EndpointForm>
    </Dialog>
  );
}

const columns: readonly Column<Webhook>[] = [
  {
    header: "Endpoint",
    cell: ({ url, description }) => (
      <span className="block max-w-96">
        <span className="block break-all">{shortAddress(url)}</span>
        {description && <span className="block font-normal text-muted text-xs">{description}</span>}
      </span>
    ),
  },
  { header: "State", cell: (webhook) => <EndpointState of={webhook} /> },
  {
    header: "Events",
    cell: ({ types }) => (types.length === 0 ? "all" : types.length === 1 ? types[0] : `${types.length} types`),
  },
  { header: "Success, 24 h", cell: ({ lately }) => <Success of={lately} /> },
  {
    header: "p95",
    cell: ({ lately }) => lately?.p95Ms != null && <span className="tabular-nums">{lately.p95Ms} ms</span>,
  },
  { header: "Made", cell: ({ createdAt }) => <When at={createdAt} /> },
];
