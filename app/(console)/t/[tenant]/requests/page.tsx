import type { Metadata } from "next";
import { RequestsPage } from "../../../../../components/console/requests/requests-page.tsx";

export const metadata: Metadata = { title: "API requests" };

export default function Page() {
  return <RequestsPage />;
}
