"use client";

import { useQuery } from "@tanstack/react-query";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { type Column, DataTable } from "../data-table.tsx";
import { useLiveQuery } from "../live.ts";
import { QueryView } from "../query-view.tsx";
import { type Answers, useTRPC, useTRPCClient } from "../trpc.ts";
import { When } from "../when.tsx";
import { rolesUpTo } from "./role-texts.ts";

type Invitation = Answers["operators"]["listInvitations"]["data"][number];

/** Who was asked and has not answered. */
export function Invitations() {
  const { manages } = useConsole();
  const trpc = useTRPC();
  const query = useQuery(trpc.operators.listInvitations.queryOptions({}, useLiveQuery("operators.listInvitations")));
  return (
    <section aria-labelledby="invitations" className="mt-8">
      <h2 id="invitations" className="mb-3 font-semibold text-lg tracking-tight">
        Invitations
      </h2>
      <QueryView
        query={query}
        empty={{
          when: ({ data }) => data.length === 0,
          show: <p className="text-muted text-sm">Nobody is asked at the moment. An invitation is good for 7 days.</p>,
        }}
      >
        {({ data }) => (
          <DataTable
            label="Invitations"
            rows={data}
            idOf={({ invitationId }) => invitationId}
            columns={columns(manages)}
          />
        )}
      </QueryView>
    </section>
  );
}

function columns(manages: boolean): Column<Invitation>[] {
  return [
    { header: "To", cell: ({ email }) => <span className="break-all font-medium">{email}</span> },
    { header: "Role", cell: ({ role }) => <Badge>{role}</Badge> },
    { header: "By", cell: ({ invitedBy }) => invitedBy ?? <span className="text-muted">a key</span> },
    { header: "Asked", cell: ({ createdAt }) => <When at={createdAt} /> },
    { header: "Ends", cell: ({ expiresAt }) => <When at={expiresAt} /> },
    ...(manages ? [{ header: "Actions", cell: (of: Invitation) => <Revoke of={of} /> }] : []),
  ];
}

function Revoke({ of: { invitationId, email, role } }: { of: Invitation }) {
  const { role: own } = useConsole();
  const client = useTRPCClient();
  const toast = useToast();
  const { run, busy, refusal } = useAct();
  const revoke = async () => {
    const gone = await run(() => client.operators.revokeInvitation.mutate({ invitationId }));
    if (gone) toast({ title: `The invitation of ${email} is revoked` });
    else toast(refusal(`The invitation of ${email} was left as it is`));
  };
  if (!rolesUpTo(own).includes(role)) return null;
  return (
    <Button size="sm" disabled={busy} aria-label={`Revoke the invitation of ${email}`} onClick={() => void revoke()}>
      Revoke
    </Button>
  );
}
