"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useConsole } from "../console-context.ts";
import { PageHeader } from "../page-header.tsx";
import { useTRPC } from "../trpc.ts";
import { useTitle } from "../use-title.ts";
import { DeliveryLife } from "./delivery-life.tsx";

export function DeliveryPage({ webhookId, deliveryId }: { webhookId: string; deliveryId: string }) {
  const { base } = useConsole();
  const trpc = useTRPC();
  const { data } = useQuery(trpc.webhooks.getDelivery.queryOptions({ webhookId, webhookDeliveryId: deliveryId }));
  useTitle(data && `${data.type} ${data.status}`, "Webhook deliveries");
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
