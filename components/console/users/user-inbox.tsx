"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { BellRing } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { Badge } from "../../ui/badge.tsx";
import { buttonClass } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { useConsole } from "../console-context.ts";
import { CursorPager, useCursor } from "../cursor-pager.tsx";
import { DataTable } from "../data-table.tsx";
import { useLiveQuery } from "../live.ts";
import { QueryView } from "../query-view.tsx";
import { useTRPC } from "../trpc.ts";
import { When } from "../when.tsx";

/** What a person was told, with what became of each; one that is opened says why. */
export function UserInbox({ userId }: { userId: string }) {
  const { base, manages } = useConsole();
  const trpc = useTRPC();
  const router = useRouter();
  const before = useCursor();
  const query = useQuery(
    trpc.notifications.listAll.queryOptions(
      { userId, limit: 25, ...(before ? { before } : {}) },
      { ...useLiveQuery("notifications.listAll"), placeholderData: keepPreviousData },
    ),
  );
  return (
    <div className="p-4">
      <QueryView
        query={query}
        empty={{
          when: ({ data }) => data.length === 0,
          show: (
            <EmptyState
              icon={BellRing}
              title="Nothing is in the inbox"
              action={
                manages && (
                  <Link
                    href={`${base}/notifications/new?userId=${encodeURIComponent(userId)}`}
                    className={buttonClass({})}
                  >
                    Send a notification
                  </Link>
                )
              }
            >
              What was mailed is listed in{" "}
              <Link
                href={`${base}/deliveries?userId=${encodeURIComponent(userId)}`}
                className="text-accent underline underline-offset-4"
              >
                this person's mail deliveries
              </Link>
              , also of what is deleted or over.
            </EmptyState>
          ),
        }}
      >
        {(page) => (
          <>
            <DataTable
              label="Notifications"
              columns={[
                { header: "Subject", cell: ({ subject }) => <span className="line-clamp-1 max-w-80">{subject}</span> },
                { header: "Type", cell: ({ type }) => type },
                {
                  header: "State",
                  cell: ({ status, isRead, archivedAt }) => (
                    <Badge tone={status === "visible" && !isRead ? "good" : "plain"}>
                      {status !== "visible" ? status : archivedAt ? "archived" : isRead ? "read" : "unread"}
                    </Badge>
                  ),
                },
                {
                  header: "Mail",
                  cell: ({ delivery }) =>
                    delivery.email?.status.replaceAll("_", " ") ?? <span className="text-muted">–</span>,
                },
                { header: "Made", cell: ({ createdAt }) => <When at={createdAt} /> },
              ]}
              rows={page.data}
              idOf={({ id }) => id}
              onOpen={({ id }) => router.push(`${base}/notifications/${id}`)}
            />
            {"nextCursor" in page && <CursorPager nextCursor={page.nextCursor} />}
          </>
        )}
      </QueryView>
    </div>
  );
}
