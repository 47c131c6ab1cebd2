import type { Metadata } from "next";
import { BatchPage } from "../../../../../../../components/console/notifications/batch-page.tsx";

export const metadata: Metadata = { title: "Send to many" };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <BatchPage id={decodeURIComponent((await params).id)} />;
}
