"use client";

import Link from "next/link";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { browserName } from "../browser-name.ts";
import { useConsole } from "../console-context.ts";
import { type Column, DataTable } from "../data-table.tsx";
import { FailureNote } from "../failure-note.tsx";
import { type Answers, useTRPCClient } from "../trpc.ts";
import { When } from "../when.tsx";

type Connection = Answers["connections"]["list"]["data"][number];

const protocolNames = { signalr: "SignalR", pusher: "Pusher", trpc: "tRPC", sse: "Event stream" };

interface ConnectionsTableProps {
  rows: readonly Connection[];
  /** As `DataTable` has it. */
  list: string | undefined;
  ofUser?: boolean;
}

/** Open connections, each with the button that closes it. */
export function ConnectionsTable({ rows, list, ofUser }: ConnectionsTableProps) {
  const { base, manages } = useConsole();
  const { run, busy, failure } = useAct();
  const client = useTRPCClient();
  const toast = useToast();

  async function disconnect({ connectionId, userId }: Connection) {
    const done = await run(() => client.connections.disconnect.mutate({ connectionId }));
    if (done) toast({ title: `Disconnected ${userId ?? "the connection"}` });
  }

  const whose: Column<Connection> = {
    header: "Whose",
    cell: ({ userId, caller }) =>
      userId === undefined ? (
        <span className="text-muted">{callerWords[caller] ?? caller}</span>
      ) : (
        <Link className="underline-offset-4 hover:underline" href={`${base}/users/${encodeURIComponent(userId)}`}>
          {userId}
        </Link>
      ),
  };
  const columns: Column<Connection>[] = [
    ...(ofUser ? [] : [whose]),
    { header: "Protocol", cell: ({ protocol }) => protocolNames[protocol] ?? protocol },
    { header: "Transport", cell: ({ transport }) => transport },
    {
      header: "Client",
      cell: ({ client: said }) => (
        <span className="line-clamp-1 max-w-60" title={said}>
          {said === undefined ? "–" : browserName(said)}
        </span>
      ),
    },
    { header: "Since", cell: ({ openedAt }) => <When at={openedAt} /> },
    { header: "Channels", cell: ({ subscriptions }) => subscriptions ?? "–" },
    { header: "Unread", cell: ({ queuedBytes }) => (queuedBytes ? `${Math.round(queuedBytes / 1024)} KiB` : "–") },
    { header: "Node", cell: ({ node }) => <code className="font-mono text-xs">{node.slice(-6)}</code> },
  ];
  if (manages)
    columns.push({
      header: "Close",
      cell: (row) =>
        row.ending ? (
          <Badge tone="warn">closing</Badge>
        ) : (
          <Button
            size="sm"
            disabled={busy}
            onClick={() => void disconnect(row)}
            aria-label={`Disconnect ${nameOf(row)}`}
          >
            Disconnect
          </Button>
        ),
    });
  return (
    <>
      <FailureNote failure={failure} className="mb-3" />
      <DataTable label="Connections" {...{ columns, rows, list }} idOf={({ connectionId }) => connectionId} />
    </>
  );
}

const callerWords: Record<Connection["caller"], string> = {
  user: "a user",
  key: "an API key",
  operator: "an operator",
  visitor: "a visitor",
};

function nameOf({ userId, caller, protocol }: Connection): string {
  return `${userId ?? callerWords[caller] ?? caller} (${protocolNames[protocol] ?? protocol})`;
}
