import type { TenantId } from "../../server/auth/principal.ts";
import { insertWebhookDeliveries } from "../../server/domain/webhooks/delivery-store.ts";
import { insertWebhook } from "../../server/domain/webhooks/store.ts";
import { newId } from "../../server/ids.ts";
import { epochOf } from "../../server/log/store.ts";
import type { TenantTransaction } from "../../server/persistence/prisma.ts";

/** One event of the demo's log for which the endpoint got, or is to get, a request. */
export interface ToldEvent {
  type: "chat.created";
  chatId: string;
  position: number;
}

const delivered = 4;
const minute = 60_000;

/**
 * An endpoint as an operator leaves it whose receiver is away: paused, so that nobody is called, with what got through before, one try
 * that failed, and what waits. It asks for rare events alone, so that little gathers. The rota office has no such server: where somebody
 * lets it go on, they see how a receiver that is not there is dealt with.
 */
export async function insertRotaWebhook(
  tx: TenantTransaction,
  tenantId: TenantId,
  { authSecret, now, events }: { authSecret: string; now: number; events: ToldEvent[] },
): Promise<void> {
  const { row } = await insertWebhook(tx, tenantId, authSecret, {
    url: "https://rota.lighthouse.example/hook",
    description: "Rota office. Paused while their server moves",
    types: ["chat.created", "chat.updated", "member.added", "member.removed"],
    chatId: null,
    ordered: false,
  });
  const epoch = await epochOf(tx, tenantId);
  const told = events.map((event, place) => ({ event, id: newId(), at: new Date(now + place), place }));
  await insertWebhookDeliveries(
    tx,
    tenantId,
    told.map(({ id, event, place }) => ({
      id,
      endpointId: row.id,
      event: { ...event, payload: {} },
      status: place < delivered ? ("delivered" as const) : ("queued" as const),
      epoch,
    })),
  );
  const tried = told.slice(0, delivered + 1);
  await tx.webhookAttempt.createMany({
    data: tried.map(({ id, at, place }) => ({
      tenantId,
      deliveryId: id,
      number: 1,
      startedAt: at,
      ms: 61 + 17 * place,
      ...(place < delivered ? { status: 204, answer: "" } : { status: 503, answer: "Moving. Back on Monday." }),
    })),
  });
  await tx.webhookDelivery.updateMany({
    where: { tenantId, id: { in: tried.map(({ id }) => id) } },
    data: { attempts: 1, tries: 1 },
  });
  await tx.webhookEndpoint.update({
    where: { tenantId_id: { tenantId, id: row.id } },
    data: {
      state: "paused",
      failures: 1,
      failingSince: new Date(now),
      fromPosition: Math.max(...events.map(({ position }) => position)),
      createdAt: new Date(now - 20 * 24 * 60 * minute),
    },
  });
}
