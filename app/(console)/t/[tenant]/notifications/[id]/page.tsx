import type { Metadata } from "next";
import { NotificationPage } from "../../../../../../components/console/notifications/notification-page.tsx";

export const metadata: Metadata = { title: "Notification" };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <NotificationPage id={(await params).id} />;
}
