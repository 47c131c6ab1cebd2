import { OverviewPage } from "../../../../components/console/overview/overview-page.tsx";

export default function Page() {
  return <OverviewPage />;
}
