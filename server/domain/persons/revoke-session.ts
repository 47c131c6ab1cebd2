import { z } from "zod";
import { DomainError } from "../../errors.ts";
import { mutation } from "../../operation.ts";
import { empty, entityId } from "../../schema.ts";
import { signedIn } from "./schema.ts";
import { asInstallation, deleteSessions } from "./store.ts";

export const revokeSession = mutation({
  name: "account.revokeSession",
  summary: "Sign out one of your browsers, wherever it is; within 5 s on every node",
  http: { method: "DELETE", path: "/api/console/account/sessions/{sessionId}", root: true },
  access: { caller: "person" },
  input: z.object({ sessionId: entityId }),
  output: empty,
  errors: ["unauthenticated", "forbidden"],
  async handle(ctx, { sessionId }) {
    const { personId } = signedIn(ctx);
    const gone = await asInstallation(ctx.services.db, (tx) => deleteSessions(tx, personId, { id: sessionId }));
    if (gone === 0) throw new DomainError("not_found");
    ctx.services.live.recheck(ctx.tenantId);
    return {};
  },
});
