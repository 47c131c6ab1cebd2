import { z } from "zod";
import { query } from "../../operation.ts";
import { sampleOf } from "./make-sample.ts";
import { deliveryType } from "./schema.ts";

export const getSample = query({
  name: "webhooks.getSample",
  summary: "What a webhook endpoint is sent for a type of event: the body of its sample",
  http: { method: "GET", path: "/admin/webhook-samples/{type}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ type: deliveryType }),
  output: z.object({ body: z.record(z.string(), z.unknown()) }),
  handle: async (ctx, { type }) => ({ body: sampleOf(ctx.tenantId, type, new Date(ctx.services.now())) }),
});
