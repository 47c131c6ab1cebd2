import type { Metadata } from "next";
import { WebhookPage } from "../../../../../../components/console/webhooks/webhook-page.tsx";

export const metadata: Metadata = { title: "Webhook endpoint" };

export default async function Page({ params }: { params: Promise<{ webhookId: string }> }) {
  return <WebhookPage id={(await params).webhookId} />;
}
