import { JobsPage } from "../../../../../components/console/jobs/jobs-page.tsx";

export default function Page() {
  return <JobsPage />;
}
