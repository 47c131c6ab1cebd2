"use client";

import { useQuery } from "@tanstack/react-query";
import { UsersRound } from "lucide-react";
import { parseAsBoolean, useQueryState } from "nuqs";
import { useState } from "react";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { useConsole } from "../console-context.ts";
import { type Column, DataTable } from "../data-table.tsx";
import { useLiveQuery } from "../live.ts";
import { PageHeader } from "../page-header.tsx";
import { QueryView } from "../query-view.tsx";
import { type Answers, useTRPC } from "../trpc.ts";
import { When } from "../when.tsx";
import { Invitations } from "./invitations.tsx";
import { InviteDialog } from "./invite-dialog.tsx";
import { LinkDialog } from "./link-dialog.tsx";
import { OperatorActions } from "./operator-actions.tsx";
import { roleTexts } from "./role-texts.ts";

type Operator = Answers["operators"]["list"]["data"][number];

/** Who runs the tenant with which role, and who is asked to. */
export function OperatorsPage() {
  const { manages } = useConsole();
  const trpc = useTRPC();
  const operators = useQuery(trpc.operators.list.queryOptions({}, useLiveQuery("operators.list")));
  const [inviting, setInviting] = useQueryState("create", parseAsBoolean.withDefault(false));
  const [made, setMade] = useState<Answers["operators"]["invite"]>();

  return (
    <>
      <PageHeader
        title="Operators"
        lead="Who runs this tenant. Users of your product are others: they are under Users."
        action={
          manages && (
            <Button variant="primary" data-create onClick={() => void setInviting(true)}>
              Invite
            </Button>
          )
        }
      />
      <QueryView
        query={operators}
        rows={1}
        empty={{ when: ({ data }) => data.length === 0, show: <EmptyState icon={UsersRound} title="Nobody" /> }}
      >
        {({ data }) => (
          <DataTable label="Operators" rows={data} idOf={({ personId }) => personId} columns={columns(data, manages)} />
        )}
      </QueryView>
      {/* Seen once it is known where it stands: below however many there are. */}
      <div className={operators.isPending ? "invisible" : undefined}>
        <Invitations />
        <Roles />
      </div>
      {inviting && manages && (
        <InviteDialog
          onClose={() => void setInviting(null)}
          onMade={(invitation) => {
            void setInviting(null);
            setMade(invitation);
          }}
        />
      )}
      {made && <LinkDialog invitation={made} onClose={() => setMade(undefined)} />}
    </>
  );
}

function columns(all: readonly Operator[], manages: boolean): Column<Operator>[] {
  const owners = all.filter(({ role }) => role === "owner").length;
  return [
    {
      header: "Person",
      cell: ({ name, email }) => (
        <span className="block min-w-0 break-words">
          <span className="block font-medium">{name ?? email}</span>
          {name && <span className="block text-muted text-xs">{email}</span>}
        </span>
      ),
    },
    { header: "Role", cell: ({ role }) => <Badge tone={role === "owner" ? "accent" : "plain"}>{role}</Badge> },
    {
      header: "Second factor",
      cell: ({ twoFactor }) => (twoFactor ? <Badge tone="good">on</Badge> : <span className="text-muted">off</span>),
    },
    { header: "Since", cell: ({ since }) => <When at={since} /> },
    ...(manages
      ? [
          {
            header: "Actions",
            cell: (of: Operator) => <OperatorActions of={of} isLastOwner={of.role === "owner" && owners === 1} />,
          },
        ]
      : []),
  ];
}

function Roles() {
  return (
    <details className="mt-8 rounded-xl border border-line bg-surface px-4 py-3 text-sm">
      <summary className="min-h-6 cursor-default font-medium">What each role may</summary>
      <dl className="mt-3 grid gap-x-6 gap-y-2 sm:grid-cols-[max-content_1fr]">
        {Object.entries(roleTexts).map(([role, text]) => (
          <div key={role} className="contents">
            <dt className="font-medium">{role}</dt>
            <dd className="text-muted">{text}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
