import type { Metadata } from "next";
import { JobsPage } from "../../../../../components/console/jobs/jobs-page.tsx";

export const metadata: Metadata = { title: "Given-up jobs" };

export default function Page() {
  return <JobsPage />;
}
