import type { Metadata } from "next";
import { IssuersPage } from "../../../../../components/console/issuers/issuers-page.tsx";

export const metadata: Metadata = { title: "Issuers" };

export default function Page() {
  return <IssuersPage />;
}
