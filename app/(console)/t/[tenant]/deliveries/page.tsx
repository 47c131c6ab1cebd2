import type { Metadata } from "next";
import { DeliveriesPage } from "../../../../../components/console/deliveries/deliveries-page.tsx";

export const metadata: Metadata = { title: "Mail deliveries" };

export default function Page() {
  return <DeliveriesPage />;
}
