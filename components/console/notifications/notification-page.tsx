"use client";

import { PageHeader } from "../page-header.tsx";
import { NotificationLife } from "./notification-life.tsx";

export function NotificationPage({ id }: { id: string }) {
  return (
    <>
      <PageHeader title="Notification" />
      <div className="max-w-2xl rounded-xl border border-line bg-surface p-5">
        <NotificationLife id={id} />
      </div>
    </>
  );
}
