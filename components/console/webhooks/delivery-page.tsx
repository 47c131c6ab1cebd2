"use client";

import Link from "next/link";
import { useConsole } from "../console-context.ts";
import { PageHeader } from "../page-header.tsx";
import { DeliveryLife } from "./delivery-life.tsx";

export function DeliveryPage({ webhookId, deliveryId }: { webhookId: string; deliveryId: string }) {
  const { base } = useConsole();
  return (
    <>
      <PageHeader
        title="Delivery"
        lead={
          <Link href={`${base}/webhooks/${webhookId}`} className="underline underline-offset-4">
            The endpoint and its other deliveries
          </Link>
        }
      />
      <div className="max-w-2xl rounded-xl border border-line bg-surface p-5">
        <DeliveryLife webhookId={webhookId} deliveryId={deliveryId} />
      </div>
    </>
  );
}
