"use client";

import { useQuery } from "@tanstack/react-query";
import { PageHeader } from "../page-header.tsx";
import { useTRPC } from "../trpc.ts";
import { useTitle } from "../use-title.ts";
import { NotificationLife } from "./notification-life.tsx";

export function NotificationPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.notifications.getAny.queryOptions({ notificationId: id }));
  useTitle(data?.subject, "Notifications");
  return (
    <>
      <PageHeader title="Notification" />
      <div className="max-w-2xl rounded-xl border border-line bg-surface p-5">
        <NotificationLife id={id} />
      </div>
    </>
  );
}
