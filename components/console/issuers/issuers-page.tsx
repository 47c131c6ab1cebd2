"use client";

import { useQuery } from "@tanstack/react-query";
import { ShieldCheck } from "lucide-react";
import Link from "next/link";
import { parseAsBoolean, useQueryState } from "nuqs";
import { useState } from "react";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { useConsole } from "../console-context.ts";
import { type Column, DataTable } from "../data-table.tsx";
import { ShownOnceDialog } from "../keys/shown-once-dialog.tsx";
import { useLiveQuery } from "../live.ts";
import { PageHeader } from "../page-header.tsx";
import { PagePager, usePageNumber } from "../pager.tsx";
import { QueryView } from "../query-view.tsx";
import { useTRPC } from "../trpc.ts";
import { When } from "../when.tsx";
import { IssuerActions } from "./issuer-actions.tsx";
import { IssuerDialog } from "./issuer-dialog.tsx";
import { type Issuer, kindTexts } from "./issuer-kinds.ts";
import { TokenTester } from "./token-tester.tsx";

/** Who says who the tenant's users are, and a bench on which to try a token. */
export function IssuersPage() {
  const { manages, base } = useConsole();
  const trpc = useTRPC();
  const pageNumber = usePageNumber();
  const query = useQuery(trpc.issuers.list.queryOptions({ pageNumber, pageSize: 50 }, useLiveQuery("issuers.list")));
  const [creating, setCreating] = useQueryState("create", parseAsBoolean.withDefault(false));
  const [changed, setChanged] = useState<Issuer>();
  const [shown, setShown] = useState<{ name: string; secret: string }>();
  const close = () => {
    void setCreating(null);
    setChanged(undefined);
  };

  return (
    <>
      <PageHeader
        title="Issuers"
        lead={
          <>
            Whose tokens say who your users are. Which pages browsers may call from is in{" "}
            <Link href={`${base}/settings#origins`} className="text-accent underline underline-offset-4">
              allowed origins
            </Link>
            .
          </>
        }
        action={
          manages && (
            <Button variant="primary" data-create onClick={() => void setCreating(true)}>
              Trust an issuer
            </Button>
          )
        }
      />
      <QueryView
        query={query}
        empty={{
          when: ({ data }) => data.length === 0,
          show: <EmptyState icon={ShieldCheck} title="Nobody is trusted" />,
        }}
      >
        {(page) => (
          <>
            <DataTable label="Issuers" rows={page.data} idOf={({ id }) => id} columns={columns(manages, setChanged)} />
            <PagePager {...page} />
            <TokenTester issuers={page.data} />
          </>
        )}
      </QueryView>
      {manages && (creating || changed) && (
        <IssuerDialog
          of={changed}
          onClose={close}
          onSaved={(saved, secret) => {
            close();
            if (secret) setShown({ name: saved.name, secret });
          }}
        />
      )}
      {shown && <ShownOnceDialog {...shown} onStored={() => setShown(undefined)} />}
    </>
  );
}

function columns(manages: boolean, onChange: (issuer: Issuer) => void): Column<Issuer>[] {
  return [
    { header: "Name", cell: ({ name }) => <span className="font-medium">{name}</span> },
    { header: "Kind", cell: ({ kind }) => kindTexts[kind]?.label ?? kind },
    {
      header: "Issuer",
      cell: ({ issuer, audience }) => (
        <span className="block max-w-72 break-all text-xs">
          <code className="font-mono">{issuer ?? "any"}</code>
          {audience && <span className="block text-muted">for {audience}</span>}
        </span>
      ),
    },
    {
      header: "State",
      cell: ({ enabled }) => <Badge tone={enabled ? "good" : "warn"}>{enabled ? "trusted" : "off"}</Badge>,
    },
    { header: "Keys", cell: (issuer) => <Keys of={issuer} /> },
    { header: "Made", cell: ({ createdAt }) => <When at={createdAt} /> },
    ...(manages
      ? [{ header: "Actions", cell: (of: Issuer) => <IssuerActions of={of} onChange={() => onChange(of)} /> }]
      : []),
  ];
}

/** How the last fetch of its keys went, where they are fetched. */
function Keys({ of: { kind, keys, algorithms } }: { of: Issuer }) {
  if (kind !== "oidc") return <span className="text-muted text-xs">{algorithms.join(", ")}</span>;
  if (!keys) return <span className="text-muted">not asked for yet</span>;
  if (keys.failure === undefined)
    return (
      <span>
        {keys.count} fetched <When at={keys.fetchedAt} />
      </span>
    );
  return (
    <span className="block max-w-56 text-bad text-xs">
      <When at={keys.triedAt} />: {keys.failure}
    </span>
  );
}
