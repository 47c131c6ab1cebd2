import type { Metadata } from "next";
import { ComposePage } from "../../../../../../components/console/notifications/compose-page.tsx";

export const metadata: Metadata = { title: "Send a notification" };

export default function Page() {
  return <ComposePage />;
}
