"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { MessagesSquare } from "lucide-react";
import { useRouter } from "next/navigation";
import { EmptyState } from "../../ui/empty-state.tsx";
import { chatName } from "../chats/chat-name.ts";
import { ChatState } from "../chats/chats-page.tsx";
import { useConsole } from "../console-context.ts";
import { CursorPager, useCursor } from "../cursor-pager.tsx";
import { DataTable } from "../data-table.tsx";
import { QueryView } from "../query-view.tsx";
import { useTRPC } from "../trpc.ts";
import { When } from "../when.tsx";

/** The chats that a person is in. */
export function UserChats({ userId }: { userId: string }) {
  const { base } = useConsole();
  const trpc = useTRPC();
  const router = useRouter();
  const before = useCursor();
  const query = useQuery(
    trpc.adminChats.list.queryOptions(
      { member: userId, limit: 25, ...(before ? { before } : {}) },
      { placeholderData: keepPreviousData },
    ),
  );
  return (
    <div className="p-4">
      <QueryView
        query={query}
        empty={{
          when: ({ data }) => data.length === 0,
          show: <EmptyState icon={MessagesSquare} title="In no chat" />,
        }}
      >
        {({ data, nextCursor }) => (
          <>
            <DataTable
              label="Chats"
              columns={[
                { header: "Name or members", cell: (chat) => chatName(chat) },
                { header: "Active", cell: ({ activeAt }) => <When at={activeAt} /> },
                { header: "Members", cell: ({ memberCount }) => memberCount },
                { header: "State", cell: (chat) => <ChatState chat={chat} /> },
              ]}
              rows={data}
              idOf={({ id }) => id}
              onOpen={({ id }) => router.push(`${base}/chats/${id}`)}
            />
            <CursorPager nextCursor={nextCursor} />
          </>
        )}
      </QueryView>
    </div>
  );
}
