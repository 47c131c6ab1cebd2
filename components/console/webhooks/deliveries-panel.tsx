"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Send } from "lucide-react";
import { useRouter } from "next/navigation";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Drawer } from "../../ui/drawer.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { NoneFits } from "../clear-filters.tsx";
import { useConsole } from "../console-context.ts";
import { CursorPager, useCursor } from "../cursor-pager.tsx";
import { type Column, DataTable } from "../data-table.tsx";
import { given } from "../given.ts";
import { useLiveQuery } from "../live.ts";
import { QueryView } from "../query-view.tsx";
import { stepsOf } from "../row-keys.ts";
import { type Answers, useTRPC } from "../trpc.ts";
import { openingFrom } from "../use-opened.ts";
import { When } from "../when.tsx";
import { statuses, useDeliveryFilters } from "./delivery-filters.ts";
import { DeliveryLife } from "./delivery-life.tsx";
import { DeliveryStatus, NextTry } from "./endpoint-state.tsx";
import { everyType } from "./event-texts.ts";

type Delivery = Answers["webhooks"]["listDeliveries"]["data"][number];

/** What was, is or will be sent to an endpoint, the newest first. */
export function DeliveriesPanel({ webhookId }: { webhookId: string }) {
  const { base } = useConsole();
  const trpc = useTRPC();
  const router = useRouter();
  const before = useCursor();
  const [{ status, type, open }, setQuery] = useDeliveryFilters();
  const asked = given({ status, type });
  const query = useQuery(
    trpc.webhooks.listDeliveries.queryOptions(
      { webhookId, ...asked, limit: 25, ...given({ before }) },
      { ...useLiveQuery("webhooks.listDeliveries"), placeholderData: keepPreviousData },
    ),
  );
  const filtered = status !== null || type !== null;
  const clear = () => void setQuery({ status: null, type: null, before: null });

  return (
    <section aria-labelledby="deliveries">
      <div className="mb-3 flex flex-wrap items-center gap-2">
        <h2 id="deliveries" className="mr-auto font-semibold">
          Deliveries
        </h2>
        <NativeSelect
          label="Status"
          value={status ?? "any"}
          options={[{ value: "any", label: "Any status" }, ...statuses.map((value) => ({ value, label: value }))]}
          onChange={(value) => void setQuery({ status: value === "any" ? null : value, before: null })}
          className="w-36"
        />
        <NativeSelect
          label="Event"
          value={type ?? "any"}
          options={[{ value: "any", label: "Any event" }, ...everyType.map((value) => ({ value, label: value }))]}
          onChange={(value) => void setQuery({ type: value === "any" ? null : value, before: null })}
          className="w-48"
        />
      </div>
      <QueryView
        query={query}
        empty={{
          when: ({ data }) => data.length === 0,
          show: filtered ? (
            <NoneFits icon={Send} clear={clear} />
          ) : (
            <EmptyState icon={Send} title="Nothing was sent yet">
              Send a sample, or wait for something to happen.
            </EmptyState>
          ),
        }}
      >
        {(page) => (
          <>
            <DataTable
              label="Deliveries"
              columns={columns}
              rows={page.data}
              list={query.isPlaceholderData ? undefined : JSON.stringify([webhookId, asked, before])}
              idOf={({ id }) => id}
              openId={open}
              onOpen={({ id }) => void setQuery({ open: id }, openingFrom(open))}
            />
            {"nextCursor" in page && <CursorPager nextCursor={page.nextCursor} />}
          </>
        )}
      </QueryView>
      <Drawer
        open={open !== null}
        onOpenChange={(shown) => !shown && void setQuery({ open: null })}
        title="Delivery"
        modal={false}
        steps={stepsOf(query.data?.data, open, (id) => void setQuery({ open: id }))}
        actions={
          <Button size="sm" onClick={() => router.push(`${base}/webhooks/${webhookId}/deliveries/${open}`)}>
            Open page
          </Button>
        }
      >
        {open && (
          <div className="p-4">
            <DeliveryLife key={open} webhookId={webhookId} deliveryId={open} />
          </div>
        )}
      </Drawer>
    </section>
  );
}

const columns: readonly Column<Delivery>[] = [
  {
    header: "Event",
    cell: ({ type, sample }) => (
      <span className="inline-flex items-center gap-2">
        {type}
        {sample && <Badge size="sm">sample</Badge>}
      </span>
    ),
  },
  { header: "Status", cell: ({ status }) => <DeliveryStatus status={status} /> },
  { header: "Why", cell: ({ detail }) => detail && <span className="line-clamp-1 max-w-72">{detail}</span> },
  { header: "Tries", cell: ({ attempts }) => <span className="tabular-nums">{attempts}</span> },
  { header: "Next try", cell: ({ dueAt, attempts }) => dueAt && attempts > 0 && <NextTry at={dueAt} /> },
  { header: "Since", cell: ({ createdAt }) => <When at={createdAt} /> },
];
