import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { newId } from "../../ids.ts";
import { epochOf } from "../../log/store.ts";
import { mutation } from "../../operation.ts";
import { enqueueJobs } from "../../persistence/jobs.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { insertDeliveries, mailJob } from "../deliveries/store.ts";
import { readDraft } from "../notifications/policy.ts";
import { draftFields } from "../notifications/schema.ts";
import { address } from "../suppressions/schema.ts";

export const sendTestMail = mutation({
  name: "mail.sendTest",
  summary:
    "Send a test mail the way that notifications go, of your own words if you give some; its delivery says what became of it",
  http: { method: "POST", path: "/admin/mail/test", status: 201 },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ to: address, ...draftFields }),
  output: z.object({ deliveryId: z.string().describe("For GET /admin/deliveries/{deliveryId}") }),
  personal: ["to", "subject", "message", "htmlContent", "summary", "draft", "variables"],
  handle: (ctx, { to, ...draft }) =>
    workOf(ctx, async ({ tx }) => {
      const { text, faults } = await readDraft(tx, ctx, draft);
      refuseFaults(faults);
      const mail = text.message === "" ? { message: "This is how your mail arrives." } : text;
      const test = {
        cause: `test:${newId()}`,
        userId: "",
        channel: "email",
        kind: "test",
        type: "Test",
        subject: text.subject || "A test mail",
        address: to,
        status: "queued",
        rule: "asked",
        mail: { ...mail },
        epoch: await epochOf(tx, ctx.tenantId),
      } as const;
      const [delivery] = await insertDeliveries(tx, ctx.tenantId, [test]);
      await enqueueJobs(tx, [mailJob(ctx.tenantId)]);
      return { deliveryId: delivery?.id ?? "" };
    }),
});

/** Throws `invalid`. */
function refuseFaults(faults: Record<string, string>): void {
  const errors = Object.entries(faults).map(([part, fault]) => [`draft.${part}`, [fault]]);
  if (errors.length > 0) throw new DomainError("invalid", { errors: Object.fromEntries(errors) });
}
