import { StartPage } from "../../../../components/console/start-page.tsx";

export default function Page() {
  return <StartPage />;
}
