"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { UsersRound } from "lucide-react";
import { useRouter } from "next/navigation";
import { parseAsBoolean, parseAsString, useQueryStates } from "nuqs";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { ClearFilters } from "../clear-filters.tsx";
import { useConsole } from "../console-context.ts";
import { CursorPager, useCursor } from "../cursor-pager.tsx";
import { type Column, DataTable } from "../data-table.tsx";
import { FilterBox } from "../filter-box.tsx";
import { useLiveQuery } from "../live.ts";
import { PageHeader } from "../page-header.tsx";
import { QueryView } from "../query-view.tsx";
import { type Answers, useTRPC } from "../trpc.ts";
import { When } from "../when.tsx";
import { CreateUserDialog } from "./create-user-dialog.tsx";
import { PresenceText } from "./presence-text.tsx";

type User = Answers["users"]["list"]["data"][number];

const filters = { search: parseAsString, before: parseAsString, create: parseAsBoolean.withDefault(false) };

/** The tenant's end users: whoever has a profile, got a token here, came with one or was connected. */
export function UsersPage() {
  const { base, manages } = useConsole();
  const trpc = useTRPC();
  const router = useRouter();
  const before = useCursor();
  const [{ search, create }, setQuery] = useQueryStates(filters);
  const query = useQuery(
    trpc.users.list.queryOptions(
      { ...(search ? { search } : {}), limit: 50, ...(before ? { before } : {}) },
      { ...useLiveQuery("users.list"), placeholderData: keepPreviousData },
    ),
  );
  const open = (userId: string) => router.push(`${base}/users/${encodeURIComponent(userId)}`);
  // Whoever comes back from it comes to the list, not to a dialog.
  const made = (userId: string) => void setQuery({ create: null }, { history: "replace" }).then(() => open(userId));
  const clear = () => void setQuery({ search: null, before: null });
  const add = manages && (
    <Button data-create variant="primary" onClick={() => void setQuery({ create: true })}>
      Add a user
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Users"
        lead="Your own people, by your own ids. Nobody registers: an id is known from its first token on."
        action={add}
      />
      <div className="mb-4 flex flex-wrap gap-2">
        <FilterBox
          label="Id, name or address"
          value={search}
          onSet={(value) => void setQuery({ search: value, before: null })}
          className="sm:w-64"
        />
        <ClearFilters when={Boolean(search)} clear={clear} />
      </div>
      <QueryView
        query={query}
        empty={{
          when: ({ data }) => data.length === 0,
          show: search ? (
            <EmptyState
              icon={UsersRound}
              title={`Nobody fits ${search}`}
              action={<Button onClick={clear}>Clear</Button>}
            />
          ) : (
            <EmptyState icon={UsersRound} title="Nobody yet" action={add}>
              A user appears with the first token that names one, with PUT /Users/{"{userId}"}, or from here.
            </EmptyState>
          ),
        }}
      >
        {(page) => (
          <>
            <DataTable
              label="Users"
              columns={columns}
              rows={page.data}
              idOf={({ userId }) => userId}
              onOpen={({ userId }) => open(userId)}
            />
            {"nextCursor" in page && <CursorPager nextCursor={page.nextCursor} />}
          </>
        )}
      </QueryView>
      {create && manages && <CreateUserDialog onClose={() => void setQuery({ create: null })} onMade={made} />}
    </>
  );
}

const columns: readonly Column<User>[] = [
  { header: "User", cell: ({ userId, displayName }) => displayName ?? userId },
  { header: "Id", cell: ({ userId }) => <code className="font-mono text-xs">{userId}</code> },
  { header: "Presence", cell: ({ presence }) => <PresenceText state={presence} /> },
  {
    header: "Last seen",
    cell: ({ lastSeenAt, presence }) => (presence === "offline" ? <When at={lastSeenAt} /> : "now"),
  },
  { header: "Address", cell: ({ email }) => email ?? <span className="text-muted">–</span> },
  { header: "Created", cell: ({ createdAt }) => <When at={createdAt} /> },
];
