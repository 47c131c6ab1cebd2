import type { Metadata } from "next";
import { DeliveryPage } from "../../../../../../../../components/console/webhooks/delivery-page.tsx";

export const metadata: Metadata = { title: "Webhook delivery" };

export default async function Page({ params }: { params: Promise<{ webhookId: string; deliveryId: string }> }) {
  return <DeliveryPage {...(await params)} />;
}
