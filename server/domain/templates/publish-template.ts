import { z } from "zod";
import { requireUserId } from "../../ids.ts";
import { mutation } from "../../operation.ts";
import { workOf } from "../../persistence/unit-of-work.ts";
import { entityId } from "../../schema.ts";
import { presentTemplate, templateSchema, versionNumber } from "./schema.ts";
import { publishVersion } from "./store.ts";

export const publishTemplate = mutation({
  name: "templates.publish",
  summary: "Make the newest version, or the one named, the one that sends use",
  http: { method: "POST", path: "/admin/templates/{name}/publish" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ name: entityId, version: versionNumber.optional() }),
  output: templateSchema,
  async handle(ctx, { name, version }) {
    return workOf(ctx, async ({ tx }) =>
      presentTemplate(await publishVersion(tx, ctx.tenantId, requireUserId(name), version)),
    );
  },
});
