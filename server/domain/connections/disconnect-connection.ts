import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { unitOfWork } from "../../persistence/unit-of-work.ts";
import { entityId, text } from "../../schema.ts";
import { connectionSchema, presentConnection } from "./schema.ts";
import { endConnection } from "./store.ts";

const storable = text(500);

export const disconnectConnection = mutation({
  name: "connections.disconnect",
  summary: "Close a connection, on whatever node it is, within 5 s; its client is told not to come back by itself",
  http: { method: "DELETE", path: "/admin/connections/{connectionId}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ connectionId: entityId }),
  output: connectionSchema,
  async handle(ctx, { connectionId }) {
    const { db, live } = ctx.services;
    if (!storable.safeParse(connectionId).success) throw new DomainError("not_found");
    const ended = await unitOfWork(db, ctx.tenantId, async ({ tx }) =>
      presentConnection(await endConnection(tx, ctx.tenantId, connectionId)),
    );
    live.disconnect(ctx.tenantId, connectionId);
    return ended;
  },
});
