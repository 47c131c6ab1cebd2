import type { Metadata } from "next";
import { BatchesPage } from "../../../../../../components/console/notifications/batches-page.tsx";

export const metadata: Metadata = { title: "Sends to many" };

export default function Page() {
  return <BatchesPage />;
}
