import type { Metadata } from "next";
import { InspectorPage } from "../../../../../components/console/inspector/inspector-page.tsx";

export const metadata: Metadata = { title: "Inspector" };

export default function Page() {
  return <InspectorPage />;
}
