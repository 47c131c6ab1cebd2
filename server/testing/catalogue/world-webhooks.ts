import type { TestTenant } from "../stack.ts";

/** An endpoint, and a sample that waits for a worker. */
export async function furnishWebhooks(tenant: TestTenant): Promise<{ webhookId: string; webhookDeliveryId: string }> {
  const key = tenant.key();
  const url = `https://hooks.example/${tenant.tenantId}`;
  const { body } = await key<{ id: string }>("POST", "/admin/webhooks", { url, types: ["chat.deleted"] });
  const sample = await key<{ webhookDeliveryId: string }>("POST", `/admin/webhooks/${body.id}/sample`, {});
  return { webhookId: body.id, webhookDeliveryId: sample.body.webhookDeliveryId };
}
