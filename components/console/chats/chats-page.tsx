"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { MessagesSquare } from "lucide-react";
import { useRouter } from "next/navigation";
import { parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { ClearFilters, NoneFits } from "../clear-filters.tsx";
import { useConsole } from "../console-context.ts";
import { CursorPager, useCursor } from "../cursor-pager.tsx";
import { type Column, DataTable } from "../data-table.tsx";
import { FilterBox } from "../filter-box.tsx";
import { given } from "../given.ts";
import { PageHeader } from "../page-header.tsx";
import { QueryView } from "../query-view.tsx";
import { type Answers, useTRPC } from "../trpc.ts";
import { When } from "../when.tsx";
import { chatName } from "./chat-name.ts";
import { CreateChatDialog } from "./create-chat-dialog.tsx";

type TenantChat = Answers["adminChats"]["list"]["data"][number];

const states = ["frozen", "deleted"] as const;
const filters = {
  search: parseAsString,
  member: parseAsString,
  kind: parseAsStringLiteral(["group", "direct"] as const),
  state: parseAsStringLiteral(states),
  before: parseAsString,
  create: parseAsBoolean.withDefault(false),
};

/** Every chat of the tenant, those made last first. */
export function ChatsPage() {
  const { base, manages } = useConsole();
  const trpc = useTRPC();
  const router = useRouter();
  const before = useCursor();
  const [{ search, member, kind, state, create }, setQuery] = useQueryStates(filters);
  const asked = {
    ...given({ search, member, kind }),
    ...(state === "frozen" ? { frozen: true } : {}),
    ...(state === "deleted" ? { deleted: true } : {}),
  };
  const filtered = Object.keys(asked).length > 0;
  const query = useQuery(
    trpc.adminChats.list.queryOptions(
      { ...asked, limit: 50, ...given({ before }) },
      { placeholderData: keepPreviousData },
    ),
  );
  const clear = () => void setQuery({ search: null, member: null, kind: null, state: null, before: null });
  const open = (id: string) => router.push(`${base}/chats/${id}`);
  // Whoever comes back from it comes to the list, not to a dialog.
  const made = (id: string) => void setQuery({ create: null }, { history: "replace" }).then(() => open(id));
  const add = manages && (
    <Button data-create variant="primary" onClick={() => void setQuery({ create: true })}>
      Create a chat
    </Button>
  );
  return (
    <>
      <PageHeader title="Chats" lead="Who talks where. Open one to read along, moderate and export it." action={add} />
      <div className="mb-4 flex flex-wrap gap-2">
        <FilterBox
          label="Name or id"
          value={search}
          onSet={(value) => void setQuery({ search: value, before: null })}
        />
        <FilterBox
          label="Member's id"
          value={member}
          onSet={(value) => void setQuery({ member: value, before: null })}
        />
        <NativeSelect
          label="Kind"
          value={kind ?? "all"}
          options={[
            { value: "all", label: "Any kind" },
            { value: "group", label: "Groups" },
            { value: "direct", label: "Direct" },
          ]}
          onChange={(value) => void setQuery({ kind: value === "all" ? null : value, before: null })}
          className="w-32"
        />
        <NativeSelect
          label="State"
          value={state ?? "all"}
          options={[
            { value: "all", label: "All that are there" },
            { value: "frozen", label: "Frozen" },
            { value: "deleted", label: "Deleted" },
          ]}
          onChange={(value) => void setQuery({ state: value === "all" ? null : value, before: null })}
          className="w-44"
        />
        <ClearFilters when={filtered} clear={clear} />
      </div>
      <QueryView
        query={query}
        empty={{
          when: ({ data }) => data.length === 0,
          show: filtered ? (
            <NoneFits icon={MessagesSquare} clear={clear} />
          ) : (
            <EmptyState icon={MessagesSquare} title="No chat yet" action={add}>
              Users make their own by POST /Chat; make one for others from here.
            </EmptyState>
          ),
        }}
      >
        {({ data, nextCursor }) => (
          <>
            <DataTable
              label="Chats"
              columns={columns}
              rows={data}
              idOf={({ id }) => id}
              onOpen={({ id }) => open(id)}
            />
            <CursorPager nextCursor={nextCursor} />
          </>
        )}
      </QueryView>
      {create && manages && <CreateChatDialog onClose={() => void setQuery({ create: null })} onMade={made} />}
    </>
  );
}

const columns: readonly Column<TenantChat>[] = [
  { header: "Name or members", cell: (chat) => <span className="block truncate sm:max-w-48">{chatName(chat)}</span> },
  {
    header: "Last message",
    cell: ({ lastMessage, names }) =>
      lastMessage ? (
        <span className="block min-w-0 truncate sm:max-w-48 xl:max-w-56 2xl:max-w-96">
          <span className="text-muted">{names[lastMessage.senderId] ?? lastMessage.senderId}: </span>
          {lastMessage.deletedAt ? <em className="text-muted">deleted</em> : lastMessage.content}
        </span>
      ) : (
        <span className="text-muted">–</span>
      ),
  },
  { header: "Active", cell: ({ activeAt }) => <When at={activeAt} /> },
  { header: "Members", cell: ({ memberCount }) => memberCount.toLocaleString() },
  { header: "Messages", cell: ({ lastSeq }) => lastSeq.toLocaleString() },
  { header: "Created", cell: ({ createdAt }) => <When at={createdAt} /> },
  { header: "State", cell: (chat) => <ChatState chat={chat} /> },
];

export function ChatState({ chat }: { chat: Pick<TenantChat, "frozen" | "kind" | "deletedAt" | "policy"> }) {
  if (chat.deletedAt) return <Badge tone="bad">deleted</Badge>;
  if (chat.frozen) return <Badge tone="warn">frozen</Badge>;
  return <Badge>{chat.kind === "direct" ? "direct" : chat.policy}</Badge>;
}
