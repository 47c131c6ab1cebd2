import type { TenantId } from "../../auth/principal.ts";
import { insertDeliveries, mailJob } from "../../domain/deliveries/store.ts";
import { findOwnerAddresses } from "../../domain/operators/store.ts";
import { tenantSettingsSchema } from "../../domain/tenants/schema.ts";
import { getWebhook } from "../../domain/webhooks/store.ts";
import { newId } from "../../ids.ts";
import { epochOf } from "../../log/store.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import type { TenantTransaction } from "../../persistence/prisma.ts";

/** Mails the tenant's owners that an endpoint was disabled. The endpoint itself says it to whoever looks. */
export async function tellOwners(tx: TenantTransaction, tenantId: TenantId, endpointId: string): Promise<void> {
  const { url, reason } = await getWebhook(tx, tenantId, endpointId);
  const epoch = await epochOf(tx, tenantId);
  const { host } = new URL(url); // the rest of it may be a secret
  const tenant = await tx.tenant.findUnique({ where: { id: tenantId } });
  const { eventDays } = tenantSettingsSchema.parse(tenant?.settings).retention;
  const days = eventDays === 1 ? "a day" : `${eventDays} days`;
  const message = `Events are no longer sent to the webhook endpoint at ${host}. ${reason}. What was to be sent is kept for ${days}: enable the endpoint, then replay it.`;
  const owners = await findOwnerAddresses(tx, tenantId);
  const notices = owners.map((address) => ({
    cause: `notice:${newId()}`,
    userId: "",
    channel: "email" as const,
    kind: "notice" as const,
    type: "WebhookDisabled",
    subject: `A webhook endpoint was disabled: ${host}`,
    address,
    status: "queued" as const,
    rule: "operator",
    mail: { message },
    epoch,
  }));
  const made = await insertDeliveries(tx, tenantId, notices);
  if (made.length > 0) await enqueueJobs(tx, [mailJob(tenantId)]);
}
