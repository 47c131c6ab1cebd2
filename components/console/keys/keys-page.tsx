"use client";

import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { parseAsBoolean, useQueryState } from "nuqs";
import { useState } from "react";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { useConsole } from "../console-context.ts";
import { DataTable } from "../data-table.tsx";
import { useLiveQuery } from "../live.ts";
import { PageHeader } from "../page-header.tsx";
import { PagePager, usePageNumber } from "../pager.tsx";
import { QueryView } from "../query-view.tsx";
import { type Answers, useTRPC } from "../trpc.ts";
import { When } from "../when.tsx";
import { CreateKeyDialog } from "./create-key-dialog.tsx";
import { KeyActions } from "./key-actions.tsx";
import { ShownOnceDialog } from "./shown-once-dialog.tsx";

type ApiKey = Answers["apiKeys"]["list"]["data"][number];

const STALE_AFTER_MS = 90 * 24 * 60 * 60_000;

/** What backends call with: which there are, what each may, when it was last used. */
export function KeysPage() {
  const { manages } = useConsole();
  const trpc = useTRPC();
  const pageNumber = usePageNumber();
  const query = useQuery(trpc.apiKeys.list.queryOptions({ pageNumber, pageSize: 100 }, useLiveQuery("apiKeys.list")));
  const [creating, setCreating] = useQueryState("create", parseAsBoolean.withDefault(false));
  // Where a link from its calls leads.
  const [open] = useQueryState("open");
  const opened = query.data?.data.find(({ id }) => id === open);
  const [fresh, setFresh] = useState<Answers["apiKeys"]["create"]>();

  return (
    <>
      <PageHeader
        title="API keys"
        lead="What your backend calls with, in the header X-Api-Key. A key is shown once, when it is made; afterwards only its end is known."
        action={
          manages && (
            <Button variant="primary" data-create onClick={() => void setCreating(true)}>
              Create key
            </Button>
          )
        }
      />
      <QueryView
        query={query}
        rows={2}
        empty={{
          when: ({ data }) => data.length === 0,
          show: <EmptyState icon={KeyRound} title="No key" />,
        }}
      >
        {(page) => (
          <>
            <DataTable
              label="API keys"
              rows={page.data}
              idOf={rowOf}
              columns={columns(setFresh)}
              openId={opened ? rowOf(opened) : null}
            />
            <PagePager {...page} />
          </>
        )}
      </QueryView>
      {creating && manages && (
        <CreateKeyDialog
          onClose={() => void setCreating(null)}
          onMade={(made) => {
            void setCreating(null);
            setFresh(made);
          }}
        />
      )}
      {fresh && <ShownOnceDialog name={fresh.name} secret={fresh.key} onStored={() => setFresh(undefined)} />}
    </>
  );
}

/** A rotated primary or secondary key is a key of its own in the same row. */
function rowOf({ id, kind }: ApiKey): string {
  return kind === "named" ? id : kind;
}

function columns(onFresh: (key: Answers["apiKeys"]["create"]) => void) {
  return [
    { header: "Name", cell: (key: ApiKey) => <span className="font-medium">{key.name}</span> },
    { header: "Kind", cell: (key: ApiKey) => <Badge>{key.kind}</Badge> },
    { header: "Ends in", cell: (key: ApiKey) => <code className="font-mono text-xs">{key.hint}</code> },
    { header: "May", cell: (key: ApiKey) => <Scopes of={key} /> },
    { header: "Last used", cell: (key: ApiKey) => <LastUsed of={key} /> },
    { header: "Made", cell: (key: ApiKey) => <When at={key.createdAt} /> },
    { header: "Actions", cell: (key: ApiKey) => <KeyActions of={key} onRotated={onFresh} /> },
  ];
}

function Scopes({ of }: { of: ApiKey }) {
  if (of.kind !== "named") return <span className="text-muted">everything</span>;
  return (
    <span className="flex max-w-64 flex-wrap gap-1 max-sm:justify-end">
      {of.scopes.map((scope) => (
        <Badge key={scope} size="sm">
          {scope}
        </Badge>
      ))}
    </span>
  );
}

function LastUsed({ of }: { of: ApiKey }) {
  const idle = Date.now() - Date.parse(of.lastUsedAt ?? of.createdAt) > STALE_AFTER_MS;
  return (
    <span className="inline-flex items-center gap-2">
      <When at={of.lastUsedAt} />
      {idle && <Badge tone="warn">stale</Badge>}
    </span>
  );
}
